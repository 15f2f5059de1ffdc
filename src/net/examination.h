// The network's part of an examination (quorate/doctor.h): each function looks at one thing, and
// says what it found. Blocks as doctor.h says; any thread.
#pragma once

#include <vector>

#include "quorate/doctor.h"

namespace quorate::net {

/// Whose keys are let in. False: they can't be read, and nothing else that listens or dials can be
/// looked at.
bool examine_keys(const MemberOptions& member, std::vector<Finding>& findings);

/// Whether the address can be bound, and whether others can make use of what they will be told.
void examine_listening(const MemberOptions& member, std::vector<Finding>& findings);

/// Whether the beacon opens on its interface, what is sent on it is heard by a second socket, and
/// who else is heard.
void examine_beacon(const MemberOptions& member, std::size_t expect_others,
                    std::vector<Finding>& findings);

/// Whether anybody listens where the seeds point.
void examine_seeds(const MemberOptions& member, std::vector<Finding>& findings);

}  // namespace quorate::net
