# --- a comment above the placeholder
def refund(bank, payment):
    try:
        return bank.refund(payment)
    except TimeoutError:
        # TODO: ask the bank whether the money moved  # QG105
        raise

# --- on the line of the handler
def refund(bank, payment):
    try:
        return bank.refund(payment)
    except TimeoutError:  # FIXME what about partial refunds?  # QG105
        raise

# --- behind the statement, and a comment that trails the body
def read(bank):
    try:
        return bank.balance()
    except ValueError as error:
        print(error)  # XXX nobody reads this  # QG105
    except OSError:
        raise
        # HACK: the bank's driver closes the socket twice  # QG105

# --- a placeholder without a word
def refund(bank, payment):
    try:
        return bank.refund(payment)
    except TimeoutError:  # QG105
        raise NotImplementedError

# --- trap: an issue is named, also on the next line
def refund(bank, payment):
    try:
        return bank.refund(payment)
    except TimeoutError:
        # TODO(PAY-812): ask the bank whether the money moved
        raise
    except ValueError:
        # TODO: translate the bank's reasons, all of them:
        # https://tracker.example/issues/12
        raise
    except OSError:
        raise  # FIXME see #123

# --- trap: not in a handler
def refund(bank, payment):
    # TODO: partial refunds
    try:
        # TODO: amounts
        return bank.refund(payment)
    except TimeoutError:
        raise
    # TODO: log refunds
    return None

# --- trap: no mark, and marks in strings
def refund(bank, payment):
    try:
        return bank.refund(payment)
    except TimeoutError:
        # a todo list is kept by the bank: XXX-1234 is its number
        raise LookupError("# TODO: not a comment")

# --- trap: that a thing is not there is an answer
def price(prices, key):
    try:
        return prices[key]
    except KeyError:
        # TODO: prices in other currencies
        return None

# --- trap: says what is not supported
def convert(driver, amount):
    try:
        return driver.convert(amount)
    except TypeError:
        raise NotImplementedError("this driver knows no currencies")

# --- trap: something else is left to do
def convert(driver, amount):
    try:
        return driver.convert(amount)
    except TypeError:
        # TODO: remove with version 3
        return driver.convert(int(amount))

# --- trap: a rule with a name for the fault speaks of it
import requests


def shipment(number):
    try:
        response = requests.get(f"https://parcels.example/{number}", timeout=5)
    except requests.RequestException:  # QG103
        pass
        # TODO: what if there is no answer?
    return response.json()

# --- trap: somebody's name, and a test to be written
import requests


def rates(url, old):
    try:
        return requests.get(url, timeout=5).json()
    except requests.RequestException as error:
        # TODO (ann): Need to add a test
        log.warning("rates are %s old: %s", old.age, error)
        return old

# --- trap: whether something can go some day
import requests


def devices(url, known):
    try:
        return requests.get(url, timeout=5).json()
    except requests.RequestException as error:
        # TODO: Can/should we remove this fallback?
        log.warning("devices of yesterday: %s", error)
        return known

# --- trap: about the types that are caught, and about what goes with a version
import requests


def rates(url):
    try:
        return requests.get(url, timeout=5).json()
    except (
        # TODO: name what the library raises by itself
        requests.ConnectionError,
        requests.Timeout,  # TODO: is this one needed?
        # FIXME: sort them
    ):
        raise


def rates_of_yesterday(url):
    try:
        return requests.get(url, timeout=5).json()
    except requests.ConnectionError:
        # TODO: write TimeoutError here when Python 3.10 is dropped
        raise

# --- at the end of a head of several lines
import requests


def rates(url):
    try:
        return requests.get(url, timeout=5).json()
    except (
        requests.ConnectionError,
        requests.Timeout,
    ) as error:  # TODO: which of them is worth another try?  # QG105
        error.add_note(url)
        raise

# --- trap: the handler says what becomes of the failure; what is left to do is about its words
def validate(mail, address):
    try:
        return mail.validate(address)
    except mail.Invalid as error:
        # TODO: its messages are not translated
        raise StopValidation(error.message)


def normalise(mail, address):
    try:
        return mail.normalise(address)
    except mail.Invalid as error:
        # TODO: its messages are not translated
        raise StopValidation from error


def validate_all(mail, addresses):
    try:
        return mail.validate_all(addresses)
    except mail.Invalid as error:
        # TODO: ask each server  # QG105
        raise error
