# --- what no handler catches
import requests
import redis

def charge(card):
    return requests.get("https://bank")  #! unwind

def keep(card, cache: redis.Redis):
    try:
        cache.set("card", 1)  #! unwind
        requests.get("https://bank")
    except requests.RequestException:
        return None

# --- of a library, who answers for one that says "unavailable" answers for all
import requests

def charge(card):
    try:
        response = requests.get("https://bank")
        response.raise_for_status()  #! unwind
    except (requests.ConnectionError, requests.Timeout):
        return None

# --- functions of the project
# shop/pay.py
def check(card):
    if card.bad():
        raise ValueError(card)

def quiet(card):
    try:
        check(card)
    except ValueError:
        return None

def charge(card):
    quiet(card)
    check(card)  #! unwind

# --- an override may be meant
# shop/pay.py
class Gateway:
    def capture(self, order):
        raise NotImplementedError

class Bank(Gateway):
    def capture(self, order):
        raise OSError(order)

def charge(order, gateway: Gateway):
    gateway.capture(order)  #! unwind

# --- trap: nobody knows what a handler catches
import requests

def charge(card, errors):
    try:
        requests.get("https://bank")
    except errors:
        return None

# --- trap: return in finally swallows everything
import requests

def charge(card):
    try:
        requests.get("https://bank")
    finally:
        return None

# --- chains
import requests

def charge(card):
    requests.get("https://bank").raise_for_status()  #! unwind; unwind
