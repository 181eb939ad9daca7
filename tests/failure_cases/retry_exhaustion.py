# --- decorators, loops and tasks
from celery import shared_task
from tenacity import retry, stop_after_attempt

@retry(stop=stop_after_attempt(3))  #! retry exhaustion
def charge(card):
    card.charge()

@retry
def for_ever(card):
    card.charge()

def ask(card):
    for _ in range(3):
        try:
            return card.charge()  #! retry exhaustion
        except OSError:
            continue

@shared_task(bind=True)
def settle(self, card):
    try:
        card.settle()  #! retry exhaustion
    except OSError as error:
        raise self.retry(exc=error)
