// Small owners of file descriptors, and a wait that counts in nanoseconds.
#pragma once

#include <poll.h>

#include <span>

#include "base/time.h"

namespace quorate::group {

/// A file descriptor with one owner.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return fd_; }

private:
    int fd_ = -1;
};

/// A set of descriptors that is itself one: readable while any of them is. Any thread.
class DescriptorSet {
public:
    DescriptorSet();
    void add(int fd);
    void remove(int fd);
    int get() const { return epoll_.get(); }

private:
    Descriptor epoll_;
};

/// A flag that poll() can see. One thread; never blocks.
class PollFlag {
public:
    PollFlag();
    void set(bool raised);
    int get() const { return event_.get(); }

private:
    Descriptor event_;
    bool raised_ = false;
};

enum class Woken { ready, timeout, interrupted };

/// Waits until one of `fds` is ready or CLOCK_MONOTONIC reaches `deadline` (base::never: no
/// deadline; past: a look). Blocks.
Woken wait_until(std::span<pollfd> fds, base::Nanos deadline);

}  // namespace quorate::group
