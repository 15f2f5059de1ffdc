// Everything but typed messages, which are in quorate/typed.h because they need Cap'n Proto.
#pragma once

#include "quorate/coordinator.h"
#include "quorate/doctor.h"
#include "quorate/events.h"
#include "quorate/group.h"
#include "quorate/id.h"
#include "quorate/real_time.h"
#include "quorate/result.h"
#include "quorate/safety.h"
#include "quorate/spec.h"
