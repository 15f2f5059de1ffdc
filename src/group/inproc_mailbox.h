// The mailbox between a component and its group's worker: a queue down, an inproc pipe up.
//
// Commands go down one by one (CommandQueue). Their number is bounded by the component's side,
// which counts requests until their outcome was told; so each outcome has its place, and none is
// ever dropped for want of room. Events come up in batches, one for each turn of the worker. Events
// other than outcomes (and Refused and Left, of which there is one at most) are bounded here,
// exactly: what was posted and not yet taken.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <vector>

#include "group/command_queue.h"
#include "group/mailbox_pipe.h"
#include "group/published.h"
#include "io/mailbox.h"

namespace quorate::group {

class InprocMailbox final : public io::Mailbox {
public:
    /// `published` must outlive the mailbox.
    InprocMailbox(std::size_t max_commands, std::size_t max_events, Published& published);

    // ---- the component's side: one thread at a time for each function ----
    void push(io::Command command) { commands_.push(std::move(command)); }
    /// Moves everything that arrived to the end of `into`; afterwards descriptor() is not readable
    /// until more comes.
    void collect(std::deque<Event>& into);
    /// An event that was collected has been handled: its place is free again.
    void taken(const Event& event);
    int descriptor() const { return events_.descriptor(); }

    // ---- the worker's side: one thread ----
    bool post(Event event) override;
    void publish(const GroupStatus& status) override { published_.set_status(status); }
    void publish_lease(base::Nanos lease_until) override { published_.set_lease(lease_until); }
    void publish_commit(std::uint64_t commit_index) override {
        published_.set_commit(commit_index);
    }
    void publish_metrics(const GroupMetrics& metrics) override;
    void publish_elections(const std::deque<ElectionRecord>& elections) override {
        published_.set_elections(elections);
    }
    void publish_lateness(const Lateness& lateness) override { published_.set_lateness(lateness); }
    /// Sends what was posted since the last flush, as one message.
    void flush();
    /// The commands that wait, for the worker to take, or to sleep until some do.
    CommandQueue& commands() { return commands_; }
    /// The last thing the worker does: queries tell of nobody any more, and Left, which post() held
    /// back until now, is sent; before it the count of events that were lost and not told of.
    void finish(std::uint64_t lost);

private:
    static bool has_own_place(const Event& event);

    PipeContext context_;
    CommandQueue commands_;
    MailboxPipe<std::vector<Event>> events_;
    const std::size_t max_events_;
    Published& published_;
    std::atomic<std::size_t> waiting_{
        0};  ///< events posted, not taken, without those of own places
    std::vector<Event> batch_;
};

}  // namespace quorate::group
