#include "net/resolver.h"

#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "io/monotonic_clock.h"

namespace quorate::net {

namespace {

constexpr base::Nanos refresh_after = std::chrono::seconds(10);
constexpr base::Nanos retry_after = std::chrono::seconds(1);

SocketAddress with_port(SocketAddress address, std::uint16_t port) {
    if (address.family() == AF_INET) {
        reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
    } else {
        reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = htons(port);
    }
    return address;
}

}  // namespace

// The first address, IPv4 before IPv6: a member listens on one of them, and 127.0.0.1 and ::1 both
// answer to "localhost".
std::optional<SocketAddress> resolve_blocking(const std::string& host) {
    for (const int family : {AF_INET, AF_INET6}) {
        addrinfo hints{};
        hints.ai_family = family;
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) continue;
        SocketAddress result;
        std::memcpy(&result.storage, found->ai_addr, found->ai_addrlen);
        result.length = found->ai_addrlen;
        freeaddrinfo(found);
        return result;
    }
    return std::nullopt;
}

struct Resolver::Shared {
    Fd wake{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    std::mutex mutex;
    std::vector<std::pair<std::string, std::optional<SocketAddress>>> ended;
};

Resolver::Resolver(std::size_t most) : most_(most), shared_(std::make_shared<Shared>()) {}

int Resolver::wake_fd() const {
    return shared_->wake.get();
}

std::optional<SocketAddress> Resolver::look_up(const HostPort& where) {
    if (auto digits = numeric_address(where)) return digits;
    auto found = names_.find(where.host);
    if (found == names_.end()) {
        if (names_.size() >= most_ && !make_room()) return std::nullopt;
        found = names_.emplace(where.host, Name{}).first;
    }
    Name& name = found->second;
    name.wanted = ++wishes_;
    const base::Nanos patience = name.address ? refresh_after : retry_after;
    if (!name.asking && io::read_monotonic() - name.asked >= patience) ask(where.host, name);
    if (!name.address) return std::nullopt;
    return with_port(*name.address, where.port);
}

/// The name that nobody has wanted for longest goes, those without an address first: names that a
/// forged datagram made up must not keep newcomers out, nor push out those that are in use. One
/// that is being looked up stays, so that its answer finds it. False: all are.
bool Resolver::make_room() {
    const auto rank = [](const Name& name) {
        return std::pair(name.address.has_value(), name.wanted);
    };
    auto goes = names_.end();
    for (auto at = names_.begin(); at != names_.end(); ++at) {
        if (at->second.asking) continue;
        if (goes == names_.end() || rank(at->second) < rank(goes->second)) goes = at;
    }
    if (goes == names_.end()) return false;
    names_.erase(goes);
    return true;
}

void Resolver::ask(const std::string& host, Name& name) {
    if (threads_ >= max_threads) return;
    name.asked = io::read_monotonic();
    try {
        // Detached, because getaddrinfo can't be interrupted and nobody may wait for it.
        std::thread([shared = shared_, host] {
            auto address = resolve_blocking(host);
            {
                const std::lock_guard lock(shared->mutex);
                shared->ended.emplace_back(host, address);
            }
            const std::uint64_t one = 1;
            [[maybe_unused]] const auto written = ::write(shared->wake.get(), &one, sizeof one);
        }).detach();
        name.asking = true;
        ++threads_;
    } catch (const std::system_error&) {
        // No thread to be had: the name stays unknown, and is asked for again later.
    }
}

bool Resolver::collect() {
    std::uint64_t count = 0;
    if (::read(shared_->wake.get(), &count, sizeof count) < 0) return false;
    std::vector<std::pair<std::string, std::optional<SocketAddress>>> ended;
    {
        const std::lock_guard lock(shared_->mutex);
        ended.swap(shared_->ended);
    }
    for (auto& [host, address] : ended) {
        Name& name = names_[host];
        name.asking = false;
        --threads_;
        if (address) name.address = address;
    }
    return !ended.empty();
}

}  // namespace quorate::net
