// One function a measurement, each in a file of its own; listed in registry.cpp.
#pragma once

#include "bench/bench.h"

namespace quorate::bench {

void measure_send_leader_echo(const Profile& profile, const Report& report);
void measure_broadcast(const Profile& profile, const Report& report);
void measure_ordered_commit(const Profile& profile, const Report& report);
void measure_ordered_throughput(const Profile& profile, const Report& report);
void measure_poll_round(const Profile& profile, const Report& report);
void measure_failover_kill(const Profile& profile, const Report& report);
void measure_failover_hang(const Profile& profile, const Report& report);
void measure_election_cold(const Profile& profile, const Report& report);
void measure_idle(const Profile& profile, const Report& report);
void measure_members(const Profile& profile, const Report& report);
void measure_join_leave(const Profile& profile, const Report& report);
void measure_raft_core(const Profile& profile, const Report& report);
void measure_action_lateness(const Profile& profile, const Report& report);
void measure_catch_up(const Profile& profile, const Report& report);

}  // namespace quorate::bench
