# --- Django, the exception in the payload
from django.http import JsonResponse


def send_report(request, mail):
    try:
        mail.send()
    except Exception as error:
        return JsonResponse({"error": "not sent: " + str(error)})  # QG109
    return JsonResponse({"message": "sent"})

# --- Django REST framework, in a viewset
from rest_framework.response import Response
from rest_framework.views import APIView


class Notes(APIView):
    def get(self, request, store):
        try:
            return Response(store.notes())
        except OSError:
            return Response({"error": "no notes"})  # QG109
        except Exception:
            return Response({"success": False, "notes": []})  # QG109

# --- Flask, jsonify with keywords, and a dict as it is
from flask import Blueprint, jsonify

bp = Blueprint("orders", __name__)


@bp.route("/orders/<key>", methods=["POST"])
def pay(key, bank):
    try:
        bank.pay(key)
    except ConnectionError:
        return jsonify(status="failed", order=key)  # QG109
    return jsonify(status="paid", order=key)


@bp.delete("/orders/<key>")
def drop(key, bank):
    try:
        bank.drop(key)
    except ConnectionError:
        return {"errors": ["the bank does not answer"]}  # QG109
    return {}

# --- FastAPI, the router from another module, the exception as its message
from fastapi.responses import JSONResponse

from shop.api import router


@router.post("/orders")
async def create(order, store):
    try:
        await store.add(order)
    except Exception as exc:
        return {"message": f"not stored: {exc}"}  # QG109
    return {"message": "stored"}


@router.get("/tiles")
async def tiles(polygon, grid):
    try:
        return grid.cut(polygon)
    except ValueError as wrong:
        if "self-intersection" in str(wrong):
            return JSONResponse({"error": "it crosses itself"}, 400)
        return JSONResponse(content={"error": str(wrong), "code": "internal"})  # QG109

# --- a resource of Flask-RESTful
from flask_restful import Resource


class Orders(Resource):
    def put(self, store):
        try:
            store.put()
        except OSError:
            return {"ok": False}  # QG109
        return {"ok": True}

# --- trap: the status is there, in every framework's way
from django.http import JsonResponse
from rest_framework import status
from rest_framework.response import Response


def refund(request, bank):
    try:
        bank.refund()
    except ConnectionError as error:
        return JsonResponse({"error": str(error)}, status=502)
    except KeyError as error:
        return Response({"error": str(error)}, status.HTTP_404_NOT_FOUND)
    except ValueError as error:
        return Response({"error": str(error)}, status=status.HTTP_400_BAD_REQUEST)
    return JsonResponse({"refunded": True})

# --- trap: the status stands beside the payload, on the response, in the route
from fastapi import APIRouter, Response
from flask import Flask, jsonify

app = Flask(__name__)
router = APIRouter()


@app.route("/orders", methods=["POST"])
def pay(bank):
    try:
        bank.pay()
    except ConnectionError as error:
        return jsonify(error=str(error)), 502
    return jsonify(paid=True)


@router.post("/orders")
def create(store, response: Response):
    try:
        store.add()
    except OSError as error:
        response.status_code = 503
        return {"error": str(error)}
    return {}


@router.get("/gone", status_code=410)
def gone(store):
    try:
        return store.old()
    except OSError as error:
        return {"error": str(error)}

# --- trap: options that the text does not tell
from django.http import JsonResponse


def refund(request, bank, **options):
    try:
        bank.refund()
    except ConnectionError as error:
        return JsonResponse({"error": str(error)}, **options)
    return JsonResponse({"refunded": True})

# --- trap: 200 was decided upon
from django.http import JsonResponse


def finish(request, orders):
    try:
        orders.tidy_up()
    except AttributeError:
        return JsonResponse({"error": "the order is placed, tidying up failed"}, status=200)
    return JsonResponse({})

# --- trap: webhooks and GraphQL, by name and by route
from fastapi import FastAPI

app = FastAPI()


@app.post("/bank/webhook")
def bank_event(event, ledger):
    try:
        ledger.book(event)
    except Exception:
        return {"status": "error"}
    return {"status": "ok"}


@app.post("/query")
def graphql(query, schema):
    try:
        return schema.run(query)
    except ValueError as error:
        return {"errors": [str(error)]}

# --- trap: a fallback is no error, an empty error none either
from django.http import JsonResponse
from rest_framework.response import Response


def rates(request, source, last):
    try:
        return JsonResponse({"rates": source.now(), "error": None})
    except ConnectionError:
        return JsonResponse({"rates": last, "stale": True, "error": None, "errors": [], "success": True})


def prices(request, source, last):
    try:
        return Response(source.now())
    except ConnectionError as error:
        note = f"stale: {error}"
        return Response({"prices": last, "status": "stale", "message": "from yesterday", "note": note})

# --- trap: no view
from flask import jsonify


def answer(bank):
    try:
        return bank.ask()
    except ConnectionError:
        return {"error": "the bank does not answer"}


def as_json(bank):
    try:
        return jsonify(bank.ask())
    except ConnectionError:
        return jsonify(error="the bank does not answer")

# --- trap: another thing's get, and a class that is no view
import redis
from fastapi import FastAPI

app = FastAPI()
cache = redis.Redis()


class Cached:
    def get(self, key):
        try:
            return cache.get(key)
        except OSError as error:
            return {"error": str(error)}


@cache.get("rates")
def rates(key):
    try:
        return key()
    except OSError as error:
        return {"error": str(error)}

# --- the payload made by dict(), a key that is spread
from django.http import JsonResponse


def refund(request, bank, texts):
    try:
        bank.refund()
    except ConnectionError as error:
        return JsonResponse(dict(texts, Detail=repr(error)))  # QG109
    except KeyError:
        return JsonResponse({**texts, 7: "unknown", "is_success": False}, safe=False)  # QG109
    return JsonResponse({})

# --- trap: words that look like it and are not
from django.http import JsonResponse
from rest_framework.response import Response


def search(request, index, recent, texts):
    try:
        return JsonResponse(index.find())
    except ConnectionError as gone:
        texts["error"] = gone
        return JsonResponse({"found": False, "verdict": "failed", "message": texts["recent"], 7: "error", **recent})
    except KeyError as key:
        return Response({"success": recent.found, "status": recent.status, "result": "recent", "key": str(key)})
    except IndexError:
        return JsonResponse(recent(error="not found", success=False), json_dumps_params={"error": 1})

# --- trap: a decorator of something else
from shop.plugins import plugin  # works like flask's

@plugin.get("rates")
def rates(source):
    try:
        return source()
    except OSError as error:
        return {"error": str(error)}

# --- trap: a hook of a framework that is no route
from flask import Flask

app = Flask(__name__)


@app.cli("rates")
def rates(source):
    try:
        return source()
    except OSError as error:
        return {"error": str(error)}


@app.after
def later(source):
    try:
        return source()
    except OSError as error:
        return {"error": str(error)}


@timed("rates")
def timed_rates(source):
    try:
        return source()
    except OSError as error:
        return {"error": str(error)}
