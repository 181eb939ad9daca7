# --- guards on arguments
# kinds: validation, raise, error return
from decimal import Decimal
from flask import abort

def charge(self, amount, card, orders):
    value = Decimal(amount)
    if value <= 0:
        raise ValueError("amount")  #! validation
    if not isinstance(card, str) or len(card) != 16:
        raise TypeError("card")  #! validation
    if amount > self.limit:
        raise TooMuch(amount)  #! validation
    for order in orders:
        if order.state not in STATES:
            raise Bad(order)  #! validation
    if card.startswith("0"):
        abort(400)  #! validation
    if card.endswith("0"):
        return {"error": "no"}, 400  #! validation

# --- serializers
# kinds: validation
def post(self, request):
    serializer = OrderSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)  #! validation
    serializer.is_valid()

# --- trap: guards on what the world says
# kinds: validation, raise
def charge(card):
    state = bank.state(card)
    if state == "closed":
        raise Closed(card)  #! raise
    if bank.blocks(card):
        raise Blocked(card)  #! raise
    if LIMIT > 3:
        raise Closed(1)  #! raise
