// The machine's part of an examination (quorate/doctor.h): its clock, its limits, and what it
// permits. Blocks for milliseconds; any thread.
#pragma once

#include "quorate/doctor.h"

namespace quorate::group {

/// Whether the kernel vouches for CLOCK_REALTIME, and with which bound (adjtimex(2)).
Finding examine_clock();
/// How many descriptors a process may have: each link takes some.
Finding examine_descriptors();
/// Whether the threads get what is asked for them; where nothing is asked, what they could get.
Finding examine_scheduling(const RealTime& wanted);
/// Whether memory could be locked.
Finding examine_memory(const RealTime& wanted);

}  // namespace quorate::group
