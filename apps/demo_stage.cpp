#include "demo_stage.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace quorate::apps {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds longest_step{15};
constexpr std::chrono::milliseconds until_asked_again{50};
/// What is awaited may depend on the time as well as on what the members say.
constexpr std::chrono::milliseconds longest_wait{25};

bool refused_for_now(const Json& reply) {
    return reply.at("error") == "no_leader" || reply.at("error") == "no_quorum";
}

std::string not_seen(const Stage::Step& step) {
    return "the step \"" + step.name + "\" was not seen";
}

}  // namespace

DemoMember& Stage::start(const std::string& name, const std::vector<std::string>& options) {
    auto fresh = std::make_unique<DemoMember>(name, options);
    const auto before = std::find_if(cast_.begin(), cast_.end(),
                                     [&](const auto& member) { return member->name() == name; });
    if (before != cast_.end()) return *(*before = std::move(fresh));
    return *cast_.emplace_back(std::move(fresh));
}

std::vector<DemoMember*> Stage::members() const {
    std::vector<DemoMember*> running;
    for (const auto& member : cast_) {
        if (!member->ending()) running.push_back(member.get());
    }
    return running;
}

DemoMember& Stage::member(const std::string& name) const {
    return **std::find_if(cast_.begin(), cast_.end(),
                          [&](const auto& member) { return member->name() == name; });
}

void Stage::await(const Step& step, const std::function<bool()>& seen,
                  const std::function<std::string()>& instead) {
    const auto deadline = Clock::now() + longest_step;
    while (!seen()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) {
            throw NotSeen{not_seen(step) + " within " + std::to_string(longest_step.count()) +
                          " s; expected: " + step.expected + "; seen instead: " + instead()};
        }
        for (const auto& member : cast_) {
            if (member->end().empty() || member->ending()) continue;
            throw NotSeen{not_seen(step) + ": the process of " + member->name() + " ended with " +
                          member->end()};
        }
        wait(static_cast<int>(std::min(left, longest_wait).count()));
    }
}

std::vector<Json> Stage::ask(const Step& step, const std::vector<Command>& commands) {
    struct Asked {
        std::uint64_t number = 0;
        Clock::time_point at;
    };
    std::vector<Asked> asked(commands.size());
    std::vector<Json> replies(commands.size());
    const auto send = [&](std::size_t i) {
        asked[i] = {commands[i].first->command(commands[i].second), Clock::now()};
    };
    const auto answered = [&](std::size_t i) {
        const Json* reply = commands[i].first->reply(asked[i].number);
        if (reply == nullptr) return false;
        replies[i] = *reply;
        if (reply->at("ok") == true) return true;
        if (!refused_for_now(*reply)) {
            throw NotSeen{not_seen(step) + ": " + commands[i].first->name() + " was answered " +
                          reply->dump()};
        }
        if (Clock::now() - asked[i].at >= until_asked_again) send(i);
        return false;
    };
    std::size_t open = 0;  // the first that is not answered
    for (std::size_t i = 0; i < commands.size(); ++i) send(i);
    await(
        step,
        [&] {
            while (open < commands.size() && answered(open)) ++open;
            return open == commands.size();
        },
        [&] {
            const auto& [member, command] = commands[open];
            return "\"" + command + "\" of " + member->name() + " was answered " +
                   (replies[open].is_null() ? "by nothing" : replies[open].dump());
        });
    return replies;
}

void Stage::write(const std::string& text) {
    output_.add(text);
    output_.flush();
}

void Stage::wait(int milliseconds) {
    std::vector<pollfd> fds = {{signals_, POLLIN, 0},
                               {output_.empty() ? -1 : STDOUT_FILENO, POLLOUT, 0}};
    const std::size_t before_members = fds.size();
    for (const auto& member : cast_) {
        // While nobody takes the raw events, the members' wait: their pipes are their bound.
        const bool heard = member->end().empty() && !output_.full();
        fds.push_back({heard ? member->output() : -1, POLLIN, 0});
    }
    if (poll(fds.data(), fds.size(), milliseconds) < 0) return;  // EINTR
    if (fds[0].revents != 0) throw NotSeen{"interrupted before the end of the story"};
    output_.flush();
    if (output_.broken()) throw NotSeen{"nobody reads the story any more"};
    for (std::size_t i = 0; i < cast_.size(); ++i) {
        if (fds[before_members + i].revents != 0) read(*cast_[i]);
    }
}

void Stage::read(DemoMember& member) {
    for (Json& event : member.read()) {
        if (!raw_) continue;
        event["member"] = member.name();
        write(event.dump() + '\n');
    }
}

}  // namespace quorate::apps
