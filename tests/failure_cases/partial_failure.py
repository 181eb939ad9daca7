# --- batch answers
import boto3

def send(rows):
    client = boto3.client("sqs")
    client.send_message_batch(QueueUrl="x", Entries=rows)  #! partial failure
    client.send_message(QueueUrl="x", MessageBody="y")
