// Everything but typed messages, which are in quorate/typed.h because they need Cap'n Proto, and what
// shows a group to others (metrics_server.h, log_to_stderr.h, inspector.h), which is a library of its
// own: quorate::observe.
#pragma once

#include "quorate/coordinator.h"
#include "quorate/doctor.h"
#include "quorate/elections.h"
#include "quorate/events.h"
#include "quorate/group.h"
#include "quorate/id.h"
#include "quorate/log.h"
#include "quorate/metrics.h"
#include "quorate/real_time.h"
#include "quorate/result.h"
#include "quorate/safety.h"
#include "quorate/security.h"
#include "quorate/spec.h"
