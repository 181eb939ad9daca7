# --- a handler
def capture(gateway, order):
    try:
        return gateway.capture(order)
    except GatewayError as error:  # pragma: no cover  # QG602
        raise NotCaptured(order.id) from error

# --- a raise
def authorise(card):
    if card.expired:
        raise CardExpired(card.last4)  # pragma: no cover  # QG602

# --- a raise over several lines
def authorise(card):
    if card.expired:
        raise CardExpired(
            card.last4,
        )  # pragma: no cover  # QG602

# --- a guard that raises
def authorise(card):
    if card.expired:  # pragma: no cover  # QG602
        log.info("expired")
        raise CardExpired(card.last4)

# --- the whole body of a handler, line by line
def capture(gateway, order):
    try:
        gateway.capture(order)
    except GatewayError:
        order.state = "unknown"  # pragma: no cover  # QG602
        order.save()  # pragma: no cover

# --- an elif that raises
def fee(card):
    if card.kind == "debit":
        return 1
    elif card.blocked:  # pragma: no cover  # QG602
        raise CardBlocked(card.last4)
    return 2

# --- the re-raise after a roll-back
def save(session, order):
    try:
        session.add(order)
    except BaseException:  # PRAGMA: NO COVER  # QG602
        session.rollback()
        raise

# --- the old spelling, and a comment that says nothing of tests
def read(row):
    try:
        return int(row["id"])
    # A row without a number is left out of the list.
    except ValueError:  # pragma: nocover  # QG602
        return None

# --- trap: a reason in the comment
def capture(gateway, order):
    try:
        gateway.capture(order)
    except GatewayError:  # pragma: no cover - runs in the acceptance tests only
        order.state = "unknown"

# --- trap: a comment beside it says why no test comes here
def save(rows, first):
    # Both come from one query under a lock, so this should be unreachable.
    if rows[0] != first:  # pragma: no cover
        raise Mismatch(first)
    try:
        rows.save()
    except IntegrityError:  # pragma: no cover
        # can happen in a rare race
        rows.update()

# --- trap: class U by its type
class Gateway:
    def capture(self, order):
        raise NotImplementedError  # pragma: no cover

    def refund(self, order):
        raise NotImplementedError("refund")  # pragma: no cover

    def state(self, order):
        if order.state not in ("open", "paid"):  # pragma: no cover
            raise AssertionError(order.state)

# --- trap: optional imports and other versions
import sys

try:
    import brotli
except ImportError:  # pragma: no cover
    brotli = None

if sys.version_info >= (3, 13):  # pragma: no cover
    raise RuntimeError("too new")

if sys.platform == "win32":
    try:
        start()
    except OSError:  # pragma: no cover
        stop()

# --- trap: the last branch of a choice
def fee(kind):
    if kind == "debit":
        return 1
    elif kind == "credit":
        return 2
    else:
        raise ValueError(kind)  # pragma: no cover


def rate(kind):
    match kind:
        case "debit":
            return 1
        case _:
            raise ValueError(kind)  # pragma: no cover

# --- trap: narrowed for the type checker, and stopping
def size(image, paths):
    if not isinstance(image, Image):  # pragma: no cover
        raise TypeError(image)
    try:
        return image.size(paths)
    except (Stopped, KeyboardInterrupt):  # pragma: no cover
        return None

# --- trap: None narrowed away
def dimension(self):
    if self._dimension is None:  # pragma: no cover
        raise RuntimeError("no dimension")
    return self._dimension

# --- trap: it says so itself
def state(order):
    for known in ("open", "paid"):
        if order.state == known:
            return known
    raise ValueError("this should never happen")  # pragma: no cover

# --- trap: no failure path
def main(arguments):
    try:
        serve(arguments)
    except KeyboardInterrupt:  # pragma: no cover
        print("stopped")

# --- trap: a part of the handler still counts
def capture(gateway, order):
    try:
        gateway.capture(order)
    except GatewayError:
        order.state = "unknown"
        order.trace()  # pragma: no cover  # QG601

# --- trap: main
if __name__ == "__main__":
    try:
        serve()
    except OSError:  # pragma: no cover
        print("no port")

# --- trap: no branch hides no line
def read(pages):
    for page in pages:  # pragma: no branch  # QG601
        if page.broken:
            raise BrokenPage(page)

# --- trap: the words in a string
HELP = """
    except GatewayError:  # pragma: no cover
"""

# --- trap: tests are not production
# path: tests/test_capture.py
def test_capture(gateway):
    try:
        gateway.capture(1)
    except GatewayError:  # pragma: no cover # QG601
        raise
