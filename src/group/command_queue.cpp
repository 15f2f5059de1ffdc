#include "group/command_queue.h"

#include <utility>

#include "base/check.h"

namespace quorate::group {

namespace {
constexpr std::size_t reserve = 8;
constexpr const char* address = "inproc://commands";
}  // namespace

CommandQueue::CommandQueue(PipeContext& context, std::size_t bound)
    : queue_(bound + reserve), wake_(context, address) {}

CommandQueue::CommandQueue(void* context, std::size_t bound)
    : queue_(bound + reserve), wake_(context, address) {}

std::unique_ptr<CommandQueue> CommandQueue::open(void* context, std::size_t bound) {
    std::unique_ptr<CommandQueue> opened(new CommandQueue(context, bound));
    return opened->wake_.ready() ? std::move(opened) : nullptr;
}

void CommandQueue::push(io::Command command) {
    const bool taken = queue_.push(std::move(command));
    QUORATE_CHECK(taken, "requests are counted: none is issued beyond the bound");
    if (asleep_.exchange(false, std::memory_order_acq_rel)) wake_.signal();
}

bool CommandQueue::may_sleep() {
    asleep_.exchange(true, std::memory_order_acq_rel);
    if (queue_.read_available() == 0) return true;
    asleep_.exchange(false, std::memory_order_acq_rel);
    return false;
}

void CommandQueue::take(std::vector<io::Command>& into, std::size_t limit) {
    asleep_.exchange(false, std::memory_order_acq_rel);
    while (wake_.receive_signal()) {
    }
    for (io::Command command; limit > 0 && queue_.pop(command); --limit) {
        into.push_back(std::move(command));
    }
}

}  // namespace quorate::group
