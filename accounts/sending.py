"""Mail that accounts sends by itself; Django sends the one for a forgotten password."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import Invitation

log = logging.getLogger(__name__)
NOWHERE = ("console.EmailBackend", "dummy.EmailBackend", "filebased.EmailBackend")


def mail_leaves() -> bool:
    """Whether a mail server is set up: else what we send is only written to the log or a file."""
    return not settings.EMAIL_BACKEND.endswith(NOWHERE)


def mail_invitation(invitation: Invitation, link: str) -> bool:
    """Sends the link to the invited address; False where no mail reached a server: then a person passes it on."""
    body = render_to_string("accounts/invitation_mail.txt", {"invitation": invitation, "link": link})
    subject = " ".join(f"Join {invitation.project.name} on Misstep".split())
    try:
        send_mail(subject, body, None, [invitation.email])
    except (OSError, SMTPException) as error:
        log.warning("The invitation %s could not be mailed: %s", invitation.pk, error)
        return False
    return mail_leaves()
