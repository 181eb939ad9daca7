# --- statuses, results, and nothing where something was asked for
def charge(card):
    response = bank.post(card)
    if response.status_code != 200:
        return None  #! error return
    if not response.ok:
        return []  #! error return
    if response.status_code in (402, 403):
        return False  #! error return
    if response.json().get("error"):
        return None  #! error return
    if response.ok:
        return response
    else:
        return  #! error return

def find(number):
    order = orders.get_one(number)
    if order is None:
        return None  #! error return
    if not (card := order.card()):
        return False  #! error return
    done = subprocess.run(["x"])
    if done.returncode:
        return -2
    if done.returncode != 0:
        return -1  #! error return
    return order

# --- error responses, whatever is asked
from http import HTTPStatus

def show(request):
    order = orders.find(request)
    if order.owner != shop.owner:
        return HttpResponseForbidden()  #! error return
    if order.old():
        return Response({"a": 1}, status=400)  #! error return
    if order.young():
        return jsonify(error="too young"), 404  #! error return
    if order.odd():
        return "odd", HTTPStatus.CONFLICT  #! error return
    if order.even():
        return JsonResponse({"error": "even"})  #! error return
    if order.torn():
        return Result.FAILED  #! error return
    if order.lost():
        return None, "it is lost"  #! error return

# --- what a call made of an argument is no argument
# kinds: error return, validation
import requests

class Shop:
    def find(self, number):
        response = requests.get(number)
        if not response.ok:
            return {"error": "no"}, 502  #! error return
        found = self.cache.get(number)
        if found is None:
            return "none", 404  #! error return
        if number.get("a", "").strip() == "":
            return "none", 404  #! validation

# --- trap: a function that asks, whose answer is no
def can_pay(card):
    state = bank.state(card)
    if state is None:
        return False
    if state.error:
        return None

# --- trap: what is no error
def find(number, rows, order):
    if number is None:
        return None
    if not rows:
        return []
    found = orders.all()
    if not found:
        return []
    if order.paid:
        return False
    if response.status_code == 200:
        return None
    if response.ok:
        return None
    if not response.error:
        return None
    if order.state == "open":
        return False
    body = order.body()
    if body:
        return body.decode(errors="replace")
    if order.valid():
        return Response({"errors": []}, status=200)
    if order.name == "x":
        return order
