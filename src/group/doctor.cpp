// What a member's options ask of this machine, looked at one by one.
#include "quorate/doctor.h"

#include "group/machine.h"
#include "net/examination.h"

namespace quorate {

std::vector<Finding> examine(const ExaminationOptions& options) {
    std::vector<Finding> findings;
    const bool keys_are_read = net::examine_keys(options.member, findings);
    if (keys_are_read) net::examine_listening(options.member, findings);
    net::examine_beacon(options.member, options.expect_others, findings);
    if (keys_are_read) net::examine_seeds(options.member, findings);
    findings.push_back(group::examine_clock());
    findings.push_back(group::examine_descriptors());
    findings.push_back(group::examine_scheduling(options.member.real_time));
    findings.push_back(group::examine_memory(options.member.real_time));
    return findings;
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return "ok";
        case Verdict::warning:
            return "warning";
        case Verdict::failed:
            return "failed";
    }
    return "failed";
}

}  // namespace quorate
