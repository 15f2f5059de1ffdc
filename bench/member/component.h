// The component in a member worker: its group, its handlers, and one function a measurement.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "bench/samples.h"
#include "bench/worker_lines.h"
#include "quorate/quorate.h"

namespace quorate::bench {

/// First byte of a message: what it is for.
enum class Mark : char { echo = 'E', data = 'D', progress = 'P', first = 'F' };

/// Receivers of a broadcast tell its sender how far they are each time they got this many more.
constexpr std::uint64_t progress_every = 256;
/// … and a sender is never further ahead of the last of them than this.
constexpr std::uint64_t broadcast_window = 2048;

class Component {
public:
    Component(Coordinator& coordinator, Group& group);
    /// Runs handlers, waiting for up to 10 ms. False: there was nothing to do.
    bool turn();

    // ---- commands: see member_worker.h ----
    void tell_status() const;
    void echo(std::uint64_t count, std::size_t bytes);
    void broadcast(std::uint64_t count, std::size_t bytes);
    void ordered(std::uint64_t outstanding, Duration duration, std::size_t bytes);
    void stream(std::uint64_t outstanding, std::size_t bytes, Duration between,
                const std::function<bool()>& ended);
    void polls(std::uint64_t count);
    void tell_results();
    void actions(std::uint64_t count, std::int64_t first_ns, std::int64_t between_ns);
    void tell_acts(std::uint64_t count);

private:
    void listen_to_messages();
    void listen_to_votes();
    void listen_to_actions();
    void listen_to_leaders();
    void begin_term(const LeaderElected& elected);
    void watch_lease();
    void take_direct(const MessageToMember& message);
    /// Dispatches until `done()`; throws Failed after 10 s.
    template <class Condition>
    void dispatch_until(Condition done);

    Coordinator& coordinator_;
    Group& group_;
    std::uint64_t echoes_ = 0;
    std::map<MemberId, std::uint64_t> progress_;  ///< of our broadcast, at each receiver
    Samples results_;  ///< when polls ended here, in their order, since last told
    Samples acts_;     ///< how late each action was
    std::uint64_t missed_ = 0;
    std::optional<std::uint64_t> unleased_term_;  ///< a term of ours, before its first lease
};

}  // namespace quorate::bench
