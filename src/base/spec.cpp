#include "quorate/spec.h"

#include "base/text.h"

namespace quorate {

namespace {

using base::in_milliseconds;

/// Far over every use, and small enough that sums of several never overflow.
constexpr Duration max_timing = std::chrono::hours(24);
constexpr Duration max_refound_after = std::chrono::hours(24 * 365);

std::string shown(Duration time) {
    return "(" + in_milliseconds(time) + ")";
}

struct NamedTime {
    const char* option;
    Duration time;
};

std::optional<Error> find_problem(const Timing& timing) {
    const NamedTime ordered[] = {{"--heartbeat-ms", timing.heartbeat},
                                 {"--election-min-ms", timing.election_min},
                                 {"--election-max-ms", timing.election_max},
                                 {"--peer-timeout-ms", timing.peer_timeout}};
    for (const auto& [option, time] : ordered) {
        if (time <= Duration::zero()) {
            return Error{ErrorCode::bad_argument, std::string(option) + " must be greater than 0"};
        }
        if (time > max_timing) {
            return Error{ErrorCode::bad_argument,
                         std::string(option) + " must be at most " + in_milliseconds(max_timing)};
        }
    }
    for (std::size_t i = 1; i < std::size(ordered); ++i) {
        const auto& [smaller, small_time] = ordered[i - 1];
        const auto& [greater, great_time] = ordered[i];
        if (small_time < great_time) continue;
        return Error{ErrorCode::bad_argument, std::string(smaller) + " " + shown(small_time) +
                                                  " must be smaller than " + greater + " " +
                                                  shown(great_time)};
    }
    return std::nullopt;
}

std::optional<Error> find_problem(Duration refound_after, const Timing& timing) {
    if (refound_after < timing.election_max) {
        return Error{ErrorCode::bad_argument, "--refound-after-ms " + shown(refound_after) +
                                                  " must be at least --election-max-ms " +
                                                  shown(timing.election_max)};
    }
    if (refound_after > max_refound_after) {
        return Error{ErrorCode::bad_argument, "--refound-after-ms must be at most " +
                                                  in_milliseconds(max_refound_after) +
                                                  ", or 'never'"};
    }
    return std::nullopt;
}

std::string refound_text(const std::optional<Duration>& refound_after) {
    return refound_after ? in_milliseconds(*refound_after) : "never";
}

std::string kind_text(Kind kind) {
    return kind == Kind::coordinated ? "coordinated" : "default";
}

}  // namespace

std::optional<Error> find_problem(const GroupSpec& spec) {
    if (spec.size < 1 || spec.size > GroupSpec::max_size) {
        return Error{ErrorCode::bad_argument,
                     "--size (" + std::to_string(spec.size) + ") must be 1 to 1000"};
    }
    if (spec.max_voters < 1 || spec.max_voters > 15 || spec.max_voters % 2 == 0) {
        return Error{ErrorCode::bad_argument, "--max-voters (" + std::to_string(spec.max_voters) +
                                                  ") must be an odd number from 1 to 15"};
    }
    if (spec.durable) {
        return Error{ErrorCode::bad_argument,
                     "--data-dir (durable groups) comes with a later version: leave it out"};
    }
    if (auto problem = find_problem(spec.timing)) return problem;
    if (spec.refound_after) return find_problem(*spec.refound_after, spec.timing);
    return std::nullopt;
}

std::optional<std::string> find_difference(const GroupSpec& theirs, const GroupSpec& ours) {
    struct Field {
        const char* option;
        std::string theirs;
        std::string ours;
    };
    const auto durable_text = [](bool durable) {
        return std::string(durable ? "durable" : "volatile");
    };
    const Timing& t = theirs.timing;
    const Timing& o = ours.timing;
    const Field fields[] = {
        {"--kind", kind_text(theirs.kind), kind_text(ours.kind)},
        {"--size", std::to_string(theirs.size), std::to_string(ours.size)},
        {"--max-voters", std::to_string(theirs.max_voters), std::to_string(ours.max_voters)},
        {"--heartbeat-ms", in_milliseconds(t.heartbeat), in_milliseconds(o.heartbeat)},
        {"--election-min-ms", in_milliseconds(t.election_min), in_milliseconds(o.election_min)},
        {"--election-max-ms", in_milliseconds(t.election_max), in_milliseconds(o.election_max)},
        {"--peer-timeout-ms", in_milliseconds(t.peer_timeout), in_milliseconds(o.peer_timeout)},
        {"durability (--data-dir)", durable_text(theirs.durable), durable_text(ours.durable)},
        {"--refound-after-ms", refound_text(theirs.refound_after),
         refound_text(ours.refound_after)},
    };
    for (const Field& field : fields) {
        if (field.theirs == field.ours) continue;
        // Read on either side, so it doesn't say whose is whose beyond the order.
        return std::string(field.option) + " is " + field.theirs + " on one side and " +
               field.ours + " on the other";
    }
    return std::nullopt;
}

std::optional<Error> find_problem_in_name(const std::string& part) {
    if (base::is_identifier(part)) return std::nullopt;
    return Error{
        ErrorCode::bad_argument,
        "a group's type and instance must each be 1 to 64 of letters, digits, '_' and '-'"};
}

}  // namespace quorate
