# --- dropped, on a client made in the module
import boto3

sqs = boto3.client("sqs")


def acknowledge(url, entries):
    sqs.delete_message_batch(QueueUrl=url, Entries=entries)  # QG205

# --- dropped, on a client made by a session and kept in self
import boto3


class Publisher:
    def __init__(self, session: boto3.Session):
        self._sqs = session.client("sqs")

    def publish(self, url, entries):
        self._sqs.send_message_batch(QueueUrl=url, Entries=entries)  # QG205
        return len(entries)

# --- dropped, on an annotation that only type checkers import
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient


class Stream:
    def __init__(self, client: KinesisClient) -> None:
        self._client = client

    def write(self, request):
        self._client.put_records(**request)  # QG205

# --- dropped, on a quoted annotation
from mypy_boto3_firehose.client import FirehoseClient


def write(firehose: "FirehoseClient", records):
    firehose.put_record_batch(DeliveryStreamName="clicks", Records=records)  # QG205

# --- dropped, on an injected client that nothing names: the keywords are AWS's own
class Ledger:
    def __init__(self, client):
        self.client = client

    def write(self, rows):
        for batch in rows:
            self.client.batch_write_item(RequestItems={"ledger": batch})  # QG205

# --- awaited and dropped
import aioboto3


async def publish(entries):
    async with aioboto3.Session().client("events") as events:
        await events.put_events(Entries=entries)  # QG205

# --- bound to a name that is never read
import boto3


def publish(topic, entries):
    sns = boto3.client("sns")
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)  # QG205
    return len(entries)

# --- only the HTTP status is read
import boto3

s3 = boto3.client("s3")


def purge(bucket, keys):
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})  # QG205
    return answer["ResponseMetadata"]["HTTPStatusCode"] == 200

# --- only what went well is said
import logging

import boto3

log = logging.getLogger(__name__)
sqs = boto3.client("sqs")


def send(url, entries):
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)  # QG205
    log.info("%d sent", len(answer["Successful"]))

# --- keys that were not read count as absent
import boto3

db = boto3.client("dynamodb")


def prices(keys):
    answer = db.batch_get_item(RequestItems={"prices": {"Keys": keys}})  # QG205
    return answer.get("Responses", {}).get("prices", [])

# --- rows that BigQuery refused
from google.cloud import bigquery


def load(rows):
    bigquery.Client().insert_rows_json("shop.orders", rows)  # QG205

# --- errors of a bulk helper that was told not to raise
from elasticsearch.helpers import bulk


def index(client, actions):
    bulk(client, actions, raise_on_error=False)  # QG205


def count(client, actions):
    done, _ = bulk(client, actions, raise_on_error=False)  # QG205
    return done

# --- push messages
from firebase_admin import messaging


def notify(messages):
    messaging.send_each(messages)  # QG205

# --- a task that was never started
import boto3

ecs = boto3.client("ecs")


def start(cluster, definition):
    ecs.run_task(cluster=cluster, taskDefinition=definition)  # QG205

# --- the service resource, and documents of a search client
import boto3
from elasticsearch import Elasticsearch

queue = boto3.resource("sqs").get_queue_by_name(QueueName="orders")
search = Elasticsearch("https://search.example", request_timeout=5)


def publish(entries, documents):
    queue.send_messages(Entries=entries)  # QG205
    search.bulk(operations=documents)  # QG205

# --- trap: the failures are read
import boto3

sqs = boto3.client("sqs")


def send(url, entries):
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    if answer.get("Failed"):
        raise RuntimeError(answer["Failed"])

# --- trap: read at once
import boto3

s3 = boto3.client("s3")


def purge(bucket, keys):
    return not s3.delete_objects(Bucket=bucket, Delete={"Objects": keys}).get("Errors")

# --- trap: what went well is counted against what was sent
import boto3

sqs = boto3.client("sqs")


def send(url, entries):
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    if len(answer["Successful"]) != len(entries):
        raise RuntimeError("not all sent")

# --- trap: only what was sent is deleted from the source
import boto3

sqs = boto3.client("sqs")


def move(url, messages):
    answer = sqs.send_message_batch(QueueUrl=url, Entries=messages)
    sent = {done["Id"] for done in answer.get("Successful", [])}
    return [message for message in messages if message["Id"] in sent]

# --- trap: every entry of the answer is looked at
import boto3

events = boto3.client("events")


def publish(entries, log):
    answer = events.put_events(Entries=entries)
    for entry in answer["Entries"]:
        if "ErrorCode" in entry:
            log.error("not published: %s", entry["ErrorCode"])

# --- trap: the answer is returned, passed on or logged whole
import boto3

kinesis = boto3.client("kinesis")


def write(records):
    return kinesis.put_records(StreamName="clicks", Records=records)


def write_checked(records, check):
    check(kinesis.put_records(StreamName="clicks", Records=records))


def write_logged(records, log):
    answer = kinesis.put_records(StreamName="clicks", Records=records)
    log.info("answer: %s", answer)

# --- trap: sent again until nothing is left
import boto3

db = boto3.client("dynamodb")


def write(pending):
    while pending:
        pending = db.batch_write_item(RequestItems=pending).get("UnprocessedItems")

# --- trap: the resource's batch writer sends again itself
import boto3

table = boto3.resource("dynamodb").Table("ledger")


def write(rows):
    with table.batch_writer() as batch:
        for row in rows:
            batch.put_item(Item=row)

# --- trap: a class of the project's own that has the same method and looks itself
import boto3


class Queue:
    def __init__(self, client):
        self.client = client

    def send_message_batch(self, *, QueueUrl, Entries):
        if self.client.send_message_batch(QueueUrl=QueueUrl, Entries=Entries).get("Failed"):
            raise RuntimeError("not sent")


def send(queue: Queue, entries):
    queue.send_message_batch(QueueUrl="orders", Entries=entries)

# --- trap: other people's methods of the same name
class Buffer:
    def __init__(self, store):
        self.store = store

    def flush(self, events, rows):
        self.store.put_events(events)
        self.store.put_records(rows)
        self.store.bulk(rows)
        self.store.send_messages(rows)
        self.store.put_events(events, Entries=rows)

# --- trap: by default the helper raises
from elasticsearch.helpers import bulk


def index(client, actions):
    bulk(client, actions)

# --- trap: in module code the name may be read elsewhere
import boto3

answer = boto3.client("events").put_events(Entries=[{"Source": "shop"}])

# --- trap: tests are not production
# path: tests/test_queue.py
import boto3


def test_queue(url):
    boto3.client("sqs").send_message_batch(QueueUrl=url, Entries=[])
