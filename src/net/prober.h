// Asks whether anybody listens at an endpoint, by a plain TCP connection: a refusal is the kernel's
// word that the process is gone (rule 7); acceptance says nothing about who it is, or how it feels.
//
// One thread; no call blocks. Every probe is answered exactly once, within `patience`.
#pragma once

#include <poll.h>

#include <string>
#include <vector>

#include "base/time.h"
#include "io/transport.h"
#include "net/address.h"
#include "net/resolver.h"

namespace quorate::net {

class Prober {
public:
    /// `resolver` must outlive the prober.
    explicit Prober(Resolver& resolver) : resolver_(resolver) {}

    void probe(const std::string& endpoint, base::Nanos now);
    /// Adds what to wait for.
    void add_to(std::vector<pollfd>& fds) const;
    /// When collect() has something to say at the latest (CLOCK_MONOTONIC); base::never: not at
    /// all.
    base::Nanos next_deadline() const;
    void collect(base::Nanos now, std::vector<io::TransportEvent>& out);

    /// More at once than this are answered `unknown` right away.
    static constexpr std::size_t max_probes = 64;
    static constexpr base::Nanos patience = std::chrono::milliseconds(900);

private:
    using Answer = io::ProbeAnswered::Answer;
    struct Probe {
        std::string endpoint;
        HostPort where;
        base::Nanos deadline{};
        Fd socket;  ///< none while the name is being resolved
    };
    static bool dial(Probe& probe, const SocketAddress& address, Answer& answer);
    static bool advance(Probe& probe, short events, Answer& answer);

    Resolver& resolver_;
    std::vector<Probe> probes_;
    std::vector<io::ProbeAnswered> answered_;
};

}  // namespace quorate::net
