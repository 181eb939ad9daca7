# --- with an effect, where something can fail
import requests

def charge(card):
    try:
        requests.get("https://bank")
    finally:
        started = None
        card.close()  #! cleanup

def refuse(card):
    try:
        raise Declined(card)
    finally:
        card.state = "closed"  #! cleanup

# --- transactions
import requests
from django.db import transaction

def charge(card):
    with transaction.atomic():  #! cleanup
        requests.get("https://bank")

@transaction.atomic  #! cleanup
def refuse(card):
    raise Declined(card)

# --- trap: nothing can fail, or nothing has an effect
import logging
import requests
from django.db import transaction

def charge(card):
    try:
        card.count += 1
    finally:
        card.close()

def refuse(card):
    try:
        requests.get("https://bank")
    finally:
        logging.info("done %s", card)
        done = True

def settle(card):
    with transaction.atomic():
        card.state = 1
