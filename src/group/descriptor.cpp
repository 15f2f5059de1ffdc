#include "group/descriptor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "base/check.h"
#include "group/system_clock.h"

namespace quorate::group {

Descriptor::~Descriptor() {
    if (fd_ >= 0) close(fd_);
}

DescriptorSet::DescriptorSet() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    QUORATE_CHECK(epoll_.get() >= 0, "out of file descriptors");
}

void DescriptorSet::add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    QUORATE_CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0,
                  "a descriptor can be watched once");
}

void DescriptorSet::remove(int fd) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

PollFlag::PollFlag() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    QUORATE_CHECK(event_.get() >= 0, "out of file descriptors");
}

void PollFlag::set(bool raised) {
    if (raised == raised_) return;
    raised_ = raised;
    std::uint64_t count = 1;
    const ssize_t moved = raised ? write(event_.get(), &count, sizeof count)
                                 : read(event_.get(), &count, sizeof count);
    QUORATE_CHECK(moved == sizeof count, "a flag is raised and lowered in turn");
}

Woken wait_until(std::span<pollfd> fds, base::Nanos deadline) {
    const timespec* timeout = nullptr;
    timespec left{};
    if (deadline < base::never) {
        const base::Nanos rest = std::max(deadline - read_monotonic(), base::Nanos::zero());
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest);
        left.tv_sec = seconds.count();
        left.tv_nsec = (rest - seconds).count();
        timeout = &left;
    }
    const int ready = ppoll(fds.data(), fds.size(), timeout, nullptr);
    if (ready > 0) return Woken::ready;
    if (ready == 0) return Woken::timeout;
    QUORATE_CHECK(errno == EINTR, "poll fails only for defects");
    return Woken::interrupted;
}

}  // namespace quorate::group
