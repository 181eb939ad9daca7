# --- each type is one, on the first line of the body
# kinds: handler, cancellation
import asyncio
import json

def charge(card):
    try:
        return bank.authorise(card)
    except (Timeout, ConnectionError):
        return None  #! handler; handler
    except json.JSONDecodeError as error:
        log(  #! handler
            error,
        )
    except:
        pass  #! handler

async def wait(task):
    try:
        await task
    except asyncio.CancelledError:
        await task.stop()  #! cancellation
        raise

# --- named tuples, and what leaves no trace
# kinds: handler
GONE = (Timeout, ConnectionError)

def charge(card):
    try:
        return bank.authorise(card)
    except GONE:
        global last
        last: str
        last = "x"  #! handler; handler
    except Group:
        "nothing"  #! handler

# --- except groups
# kinds: handler
def charge(card):
    try:
        bank.authorise(card)
    except* Timeout:
        bank.cancel(card)  #! handler

# --- class U: optional imports
# kinds: handler
def load(name):
    try:
        import lz4
    except ImportError:
        lz4 = None  #! U handler
    try:
        module = find(name)
    except ImportError:
        module = None  #! handler
