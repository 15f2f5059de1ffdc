// A sink for quorate/log.h that writes to standard error through spdlog. In the library
// quorate::observe.
//
//   options.log = {*quorate::parse_log_levels("raft=debug"), quorate::log_to_stderr()};
//
// One line each, of fields that a program can take apart (logfmt):
//   time=2026-11-21T18:59:01.123456Z level=info module=raft group=feeder.A name=relay-7
//   member=1a2b3c4d msg="leads term 3"        (without the break)
#pragma once

#include "quorate/log.h"

namespace quorate {

/// Any number of groups may share the sink. Lines are written by a thread of spdlog's: a reader that
/// is slow costs lines (the oldest that wait; their number is told), never the group's time. The
/// thread ends with the last copy of the sink, when all is written, or after 1 s for a reader that
/// has stopped.
LogSink log_to_stderr();

}  // namespace quorate
