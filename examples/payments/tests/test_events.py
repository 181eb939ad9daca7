import json

from shop.events import OrderEvents


class FakeSqs:
    def __init__(self):
        self.batches = []

    def send_message_batch(self, *, QueueUrl, Entries):
        self.batches.append((QueueUrl, Entries))
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries], "Failed": []}


def test_event_carries_the_state(new_order):
    sqs = FakeSqs()
    order = new_order()
    order.mark_declined()

    OrderEvents(sqs, "queue").publish([order])

    ((queue, (entry,)),) = sqs.batches
    assert queue == "queue"
    assert json.loads(entry["MessageBody"]) == {
        "order": "A-1",
        "state": "declined",
        "reference": "",
    }


def test_ten_at_a_time(new_order):
    sqs = FakeSqs()

    OrderEvents(sqs, "queue").publish([new_order(f"A-{n}") for n in range(23)])

    assert [len(entries) for _, entries in sqs.batches] == [10, 10, 3]


def test_nothing_to_publish():
    sqs = FakeSqs()

    OrderEvents(sqs, "queue").publish([])

    assert sqs.batches == []
