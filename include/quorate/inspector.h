// Asks a running member from outside, through its ordinary port, what it knows: no member itself. In
// the library quorate::observe.
//
//   auto inspector = quorate::Inspector::open({.endpoint = "tcp://10.0.0.7:5601"});
//   if (!inspector) return report(inspector.error());
//   auto answer = (*inspector)->status();
//   if (answer) std::cout << answer->group << ": " << to_string(answer->status.state) << '\n';
//
// Links between members are one-way, so the member dials back: what `listen` names must be reachable
// from it. A member answers 50 questions a second, whoever asks; the others are dropped.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "quorate/elections.h"
#include "quorate/events.h"
#include "quorate/result.h"
#include "quorate/security.h"
#include "quorate/spec.h"

namespace quorate {

struct InspectorOptions {
    std::string endpoint;  ///< of the member: tcp://HOST:PORT, where it listens
    /// Where to hear the answer. Empty: the address of this machine that leads to the member.
    std::string listen = {};
    Duration timeout = std::chrono::seconds(2);  ///< for each answer
    Security security = {};  ///< where members have keys: one that they let in, theirs, and the token
};

/// What a member answered.
struct InspectedStatus {
    std::string group;  ///< TYPE.INSTANCE
    std::string name;   ///< the component's
    GroupStatus status;
};
struct InspectedElections {
    std::string group;
    std::string name;
    MemberId id;
    std::vector<ElectionRecord> elections;  ///< oldest first
};

/// One thread at a time.
class Inspector {
public:
    /// Binds; asks nobody yet. Errors: bad_argument, cannot_bind.
    static Result<std::unique_ptr<Inspector>> open(const InspectorOptions& options);
    ~Inspector();
    Inspector(const Inspector&) = delete;
    Inspector& operator=(const Inspector&) = delete;

    // Block until the answer comes; at most for the timeout.
    // Error: no_answer, with a sentence that says what is known of the reason.
    Result<InspectedStatus> status();
    Result<InspectedElections> elections();

private:
    class Impl;
    explicit Inspector(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace quorate
