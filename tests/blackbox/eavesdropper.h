// Somebody on the way: passes all bytes on between whoever connects to it and one endpoint, and
// keeps a copy. In a thread of its own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "loopback.h"

namespace quorate::blackbox {

class Eavesdropper {
public:
    /// Passes on to tcp://127.0.0.1:`port`.
    explicit Eavesdropper(std::uint16_t port) : target_(port), listener_(SOCK_STREAM) {
        thread_ = std::thread([this] { run(); });
    }
    Eavesdropper(const Eavesdropper&) = delete;
    Eavesdropper& operator=(const Eavesdropper&) = delete;
    ~Eavesdropper() {
        ending_ = true;
        thread_.join();
    }
    std::string endpoint() const { return endpoint_at(listener_.port()); }
    /// All bytes so far, in both directions.
    std::string heard() const {
        std::lock_guard lock(mutex_);
        return heard_;
    }
    bool heard(const std::string& part) const { return heard().find(part) != std::string::npos; }

private:
    struct Pair {
        int near = -1;
        int far = -1;
    };

    void run() {
        std::vector<Pair> pairs;
        while (!ending_) {
            std::vector<pollfd> fds{{listener_.fd(), POLLIN, 0}};
            for (const Pair& pair : pairs) {
                fds.push_back({pair.near, POLLIN, 0});
                fds.push_back({pair.far, POLLIN, 0});
            }
            if (poll(fds.data(), fds.size(), 50) <= 0) continue;
            for (std::size_t i = pairs.size(); i-- > 0;) {
                const bool near_ended =
                    fds[2 * i + 1].revents && !pass(pairs[i].near, pairs[i].far);
                const bool far_ended = fds[2 * i + 2].revents && !pass(pairs[i].far, pairs[i].near);
                if (!near_ended && !far_ended) continue;
                hang_up(pairs[i]);
                pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(i));
            }
            if (fds[0].revents) take_in(pairs);
        }
        for (const Pair& pair : pairs) hang_up(pair);
    }
    void take_in(std::vector<Pair>& pairs) {
        Pair pair;
        pair.near = accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
        if (pair.near < 0) return;
        pair.far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback_address(target_);
        if (connect(pair.far, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            pairs.push_back(pair);
        } else {
            hang_up(pair);
        }
    }
    bool pass(int from, int to) {
        char bytes[64 * 1024];
        const ssize_t size = recv(from, bytes, sizeof bytes, 0);
        if (size <= 0) return false;
        {
            std::lock_guard lock(mutex_);
            heard_.append(bytes, static_cast<std::size_t>(size));
        }
        return send(to, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
    }
    static void hang_up(const Pair& pair) {
        close(pair.near);
        close(pair.far);
    }

    const std::uint16_t target_;
    Loopback listener_;
    mutable std::mutex mutex_;
    std::string heard_;
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace quorate::blackbox
