"""The shapes of failures, issues and decisions over the API."""

from issues.serializers.decisions import (
    ConstraintPageSerializer,
    ConstraintSerializer,
    DecisionDetailSerializer,
    DecisionPageSerializer,
    DecisionSerializer,
    DoneSerializer,
)
from issues.serializers.failures import FailurePageSerializer, FailureSerializer
from issues.serializers.issues import IssueDetailSerializer, IssuePageSerializer, IssueSerializer, MoveSerializer
from issues.serializers.life import (
    BulkDoneSerializer,
    BulkSerializer,
    HelpSerializer,
    OrderSerializer,
    ReleaseSerializer,
)
from issues.serializers.plain import ErrorsSerializer
from issues.serializers.surgery import (
    AttachSerializer,
    DetachSerializer,
    MergeSerializer,
    SplitSerializer,
    TakeSerializer,
    UndoSerializer,
)

__all__ = [
    "AttachSerializer",
    "BulkDoneSerializer",
    "BulkSerializer",
    "ConstraintPageSerializer",
    "ConstraintSerializer",
    "DecisionDetailSerializer",
    "DecisionPageSerializer",
    "DecisionSerializer",
    "DetachSerializer",
    "DoneSerializer",
    "ErrorsSerializer",
    "FailurePageSerializer",
    "FailureSerializer",
    "HelpSerializer",
    "IssueDetailSerializer",
    "IssuePageSerializer",
    "IssueSerializer",
    "MergeSerializer",
    "MoveSerializer",
    "OrderSerializer",
    "ReleaseSerializer",
    "SplitSerializer",
    "TakeSerializer",
    "UndoSerializer",
]
