// The baselines: processes that do on bare libzmq what a measurement does through the library, and
// nothing else. No terms, no validation, no loss of anybody; only the messages and the threads that
// they pass.
//
// Each stays until its standard input closes. PORT… are those of all nodes, INDEX is this one's
// place among them.
#pragma once

#include <string>
#include <vector>

namespace quorate::bench::bare {

using Arguments = std::vector<std::string>;

/// A component thread, and behind an inproc PAIR a thread that moves messages to and from the other
/// nodes over TCP. Answers echoes, and tells senders of broadcasts how far it is.
///   echo PEER COUNT BYTES [PAUSE_MS]   samples NS…     (a pause after each one)
///   broadcast COUNT BYTES              elapsed NS
/// Arguments: INDEX PORT…
void run_relay(const Arguments& arguments);

/// Sends each frame back from the thread that received it: a round trip without inproc hops.
///   ping COUNT BYTES [PAUSE_MS]        samples NS…     (to the node after it)
/// Arguments: INDEX PORT…
void run_bouncer(const Arguments& arguments);

/// The floor under ordered messages: a leader that sends what waits to two followers, in one
/// message, and counts as committed what one of them has acknowledged.
///   ordered OUTSTANDING MS BYTES       ordered COUNT ELAPSED_NS NS…
/// Arguments: direct|hop PORT…; the leader is the first. hop: requests come from a component thread
/// over inproc, and it is told of commits.
void run_floor_leader(const Arguments& arguments);
/// Acknowledges, once for all that waits. Arguments: INDEX PORT…
void run_floor_follower(const Arguments& arguments);

/// Says hello to all others; heard NS once it was greeted by each of them. Arguments: INDEX PORT…
void run_mesh(const Arguments& arguments);

/// Answers each visitor (visit.h) twice: when it comes, over a connection of its own, and when it
/// goes. Arguments: INDEX PORT…
void run_greeter(const Arguments& arguments);

/// The heartbeats of an idle group: the first sends a short frame to each other one every
/// PERIOD_US, and they answer. Each tells heard NS when it hears the first one. Arguments:
/// PERIOD_US INDEX PORT…
void run_pulse(const Arguments& arguments);

/// Hears the heartbeats of the first, which is a pulse, and acknowledges them. Each one begins a
/// timeout, drawn anew. missed NS when one has passed, heard NS at the first heartbeat, also after
/// that. Arguments: MIN_US MAX_US INDEX PORT…
void run_watcher(const Arguments& arguments);

/// One of two that notice the end of a third: `ready` when the third is connected; when that
/// connection closes, one round trip to the other survivor, then known NS.
/// Arguments: INDEX PORT…, of which the third is the victim's.
void run_survivor(const Arguments& arguments);
/// Connects to both survivors and waits to be killed. Arguments: PORT…
void run_victim(const Arguments& arguments);

}  // namespace quorate::bench::bare
