"""Updates one model and prints what became of it: python update.py <id>, with the API's address in API and a token in TOKEN."""

import json
import os
import sys
import time
from typing import Literal
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from pydantic import BaseModel


class Changes(BaseModel):
    model: str | None = None
    manufacturer: str | None = None
    modelDeviceCount: int | None = None
    workFromAnywhereScore: float | None = None
    windowsScore: float | None = None
    cloudManagementScore: float | None = None
    cloudIdentityScore: float | None = None
    cloudProvisioningScore: float | None = None
    healthStatus: Literal["unknown", "insufficientData", "needsAttention", "meetingGoals"] | None = None


def update(model_id: str, changes: Changes) -> str:
    request = Request(
        f"{os.environ['API']}/v1/model-performance/{model_id}",
        method="PATCH",
        # Without exclude_unset every property that was never set goes out as null.
        data=changes.model_dump_json(exclude_unset=True).encode(),
        headers={"authorization": f"Bearer {os.environ['TOKEN']}", "content-type": "application/json"},
    )
    outcome = "not-applied"
    for attempt in range(1, 4):
        try:
            # Longer than the minute that the API gives itself.
            with urlopen(request, timeout=90):
                return "applied"
        except HTTPError as error:
            is_problem = error.headers.get_content_type() == "application/problem+json"
            problem = json.load(error) if is_problem else {"outcome": "unknown", "error": {"message": str(error)}}
            again = error.code == 429 or error.code >= 500
        except OSError as error:
            problem, again = {"outcome": "unknown", "error": {"message": str(error)}}, True
        # One unknown attempt makes the whole unknown, whatever comes after it.
        outcome = "unknown" if problem["outcome"] == "unknown" else outcome
        if not again or attempt == 3:
            break
        time.sleep(problem.get("retryAfterSeconds", 2))
    return f"{outcome}: {problem['error']['message']}"


print(update(sys.argv[1], Changes(windowsScore=87.5, healthStatus="meetingGoals")))
