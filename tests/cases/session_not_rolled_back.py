# --- the next round of the loop
import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def import_rows(session: Session, rows):
    for row in rows:
        session.add(row)
        try:
            session.commit()
        except IntegrityError:  # QG211
            log.warning("row %s is refused", row.key, exc_info=True)
            continue

# --- the code below, on a session kept in self
import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker

log = logging.getLogger(__name__)
Session = sessionmaker()


class Orders:
    def __init__(self):
        self._session = Session()

    def pay(self, order, entry):
        try:
            self._session.add(entry)
            self._session.flush()
        except SQLAlchemyError as error:  # QG211
            log.error("entry %s: %s", entry.id, error)
        self._session.merge(order)

# --- the handler itself writes that it failed
from shop.extensions import db


def build(report):
    try:
        report.build()
        db.session.commit()
    except Exception:  # QG211
        report.failed = True
        db.session.commit()
        raise

# --- silent as well: the broken session is the more specific fault
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession


async def remember(session: AsyncSession, key, order):
    try:
        session.add(key)
        await session.flush()
    except IntegrityError:  # QG211
        pass
    await session.execute(order)

# --- an unknown object, told by the exception that is waited for
from sqlalchemy import exc


def subscribe(request, address):
    try:
        request.db.flush()
    except exc.IntegrityError:  # QG211
        return request.db.query(address).one()
    return address

# --- it is rolled back, but only after it was asked
from sqlmodel import Session


def open_order(session: Session, order):
    try:
        session.add(order)
        session.commit()
    except Exception:  # QG211
        same = session.exec(order.query)
        session.rollback()
        return same
    return order

# --- finally holds a use as well
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    try:
        session.commit()
    except Exception:  # QG211
        log.exception("job %s", job)
    finally:
        session.delete(job)

# --- trap: rolled back in the handler
import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def import_rows(session: Session, rows):
    for row in rows:
        session.add(row)
        try:
            session.commit()
        except IntegrityError:
            session.rollback()
            log.warning("row %s is refused", row.key, exc_info=True)

# --- trap: rolled back in finally, and below
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    try:
        session.commit()
    except Exception:
        log.exception("job %s", job)
    finally:
        session.close()
    session.add(job)


def give(session: Session, job):
    try:
        session.commit()
    except Exception:
        log.exception("job %s", job)
    session.rollback()
    session.add(job)

# --- trap: a savepoint rolls back by itself
import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def import_rows(session: Session, rows):
    for row in rows:
        try:
            with session.begin_nested():
                session.add(row)
                session.flush()
        except IntegrityError:
            log.warning("row %s is refused", row.key, exc_info=True)

# --- trap: a session for each round, a session within the try
import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import sessionmaker

log = logging.getLogger(__name__)
Session = sessionmaker()


def import_rows(rows):
    for row in rows:
        session = Session()
        session.add(row)
        try:
            session.commit()
        except IntegrityError:
            log.warning("row %s is refused", row.key, exc_info=True)


def import_more(rows):
    for row in rows:
        try:
            with Session() as session:
                session.add(row)
                session.commit()
        except IntegrityError:
            log.warning("row %s is refused", row.key, exc_info=True)

# --- trap: the handler leaves, and whoever gave the session cleans up
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


class Taken(Exception):
    pass


def register(session: Session, user):
    try:
        session.add(user)
        session.commit()
    except IntegrityError as error:
        raise Taken(user.name) from error
    session.refresh(user)
    return user


def reserve(session: Session, user, errors):
    try:
        session.add(user)
        session.commit()
    except IntegrityError:
        errors.fail(409)
    session.refresh(user)
    return user


def first(session: Session, users):
    for user in users:
        session.add(user)
        try:
            session.commit()
        except IntegrityError:
            print("taken")
        return user

# --- trap: a helper is handed the session
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job, give_up):
    try:
        session.commit()
    except Exception:
        log.exception("job %s", job)
        give_up(session)
    session.add(job)

# --- trap: what was looked up is not there
import logging

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def touch(session: Session, query, user):
    try:
        found = session.scalars(query).one()
        session.commit()
    except NoResultFound:
        log.info("nobody yet")
        session.add(user)
        return user
    return found

# --- trap: the code below asks what the handler has set
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    failed = False
    try:
        session.commit()
    except Exception:
        log.exception("job %s", job)
        failed = True
    if not failed:
        session.add(job)

# --- trap: another thing that commits, another session
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def move(consumer, session: Session, audit: Session, job):
    try:
        consumer.commit()
    except Exception:
        log.exception("job %s", job)
    consumer.get(job)
    try:
        audit.commit()
    except Exception:
        log.exception("audit of %s", job)
    session.add(job)

# --- trap: the loop ends at the failure
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def import_rows(session: Session, rows):
    for row in rows:
        session.add(row)
        try:
            session.commit()
        except Exception:
            log.exception("row %s", row.key)
            break

# --- trap: an inner handler has answered for it
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    try:
        if job.run():
            try:
                session.commit()
            except Exception:
                session.rollback()
                raise
    except Exception:
        log.exception("job %s", job)
    session.add(job)

# --- under a lock, with an inner try that only tidies up
import logging
import threading

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    try:
        with threading.Lock():
            try:
                session.commit()
            finally:
                job.end()
    except Exception as error:  # QG211
        log.fail("job %s: %s", job, error)
        logging.getLogger("audit").exception("job %s", job)
    session.add(job)

# --- what the code below asks has nothing to do with the handler
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    try:
        session.commit()
    except Exception as error:  # QG211
        said = str(error)
        log.error("job %s: %s", job, said)
    if job.again:
        session.add(job)

# --- trap: a function made in a loop, the loop of a function that calls it
import logging

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def makers(session: Session, jobs):
    for job in jobs:
        session.add(job)

        def take():
            try:
                session.commit()
            except Exception:
                log.exception("a job")

        yield take

# --- the savepoint around the handler does not end in it
import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    with session.begin_nested():
        try:
            session.flush()
        except IntegrityError:  # QG211
            log.exception("job %s", job)
        session.add(job)

# --- trap: nothing is written within the try; a connection is no session
import logging

from sqlalchemy import Connection
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def take(session: Session, job):
    try:
        session.add(job.commit)
    except Exception:
        log.exception("job %s", job)
    session.add(job)


def run(connection: Connection, statement):
    try:
        connection.commit()
    except Exception:
        log.exception("not committed: %s", statement)
    connection.execute(statement)

# --- trap: the session is made within the try
import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import sessionmaker

log = logging.getLogger(__name__)
Session = sessionmaker()


def take(job):
    try:
        with Session() as session:
            session.add(job)
            session.commit()
    except IntegrityError:
        log.exception("job %s", job)
    session.add(job)
