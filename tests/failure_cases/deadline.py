# --- given at the call, or around it
import asyncio
import requests
from celery import shared_task

def charge(card):
    requests.get("https://bank", timeout=3)  #! deadline
    requests.get("https://bank", timeout=None)
    requests.get("https://bank")

async def wait(card):
    await asyncio.wait_for(card.read(), 3)  #! deadline
    async with asyncio.timeout(3):  #! deadline
        await card.read()

@shared_task(soft_time_limit=60)  #! deadline
def settle(card):
    card.settle()

# --- trap: a time limit around calls of the project's own, and a manager that is only called so
import requests
from celery import shared_task

@shared_task(time_limit=60)
def settle(card):
    keep(card)
    requests.get("https://bank")  #! deadline
    with normalize_timeouts(card):
        keep(card)

def normalize_timeouts(card):
    raise ValueError(card)

def keep(card):
    raise ValueError(card)
