// Commands for the network and for time.
#include <algorithm>

#include "tests/scenarios/commands.h"

namespace quorate::scenarios {

namespace {

Selects and_not_held(World& world, Selects selects) {
    return [&world, selects = std::move(selects)](const Letter& letter) {
        return selects(letter) && !world.is_held(letter);
    };
}

/// Those that are on their way now, not what they cause.
void deliver(World& world, Arguments& words) {
    const bool first = words.accept("first");
    const bool last = !first && words.accept("last");
    const Selects selects = words.selection();
    std::vector<std::uint64_t> numbers;
    for (const Letter& letter : world.letters) {
        if (selects(letter)) numbers.push_back(letter.number);
    }
    if (numbers.empty()) throw ScriptError("no such message is on its way");
    if (first) numbers.erase(numbers.begin() + 1, numbers.end());
    if (last) numbers.erase(numbers.begin(), numbers.end() - 1);
    for (const std::uint64_t number : numbers) {
        world.deliver_first([=](const Letter& letter) { return letter.number == number; });
    }
}

void settle(World& world, Arguments& words) {
    const Selects selects = and_not_held(world, words.selection());
    world.tell_sends = false;
    for (int count = 0; world.deliver_first(selects); ++count) {
        if (count > 10000) throw ScriptError("they never stop talking");
    }
}

void drop(World& world, Arguments& words) {
    const Selects selects = words.selection();
    std::erase_if(world.letters, [&](const Letter& letter) {
        if (!selects(letter)) return false;
        world.story.message(name_of(letter.from) + " -> " + name_of(letter.to) + "  " +
                            text_of(letter.message) + " (lost)");
        return true;
    });
}

void duplicate(World& world, Arguments& words) {
    const Selects selects = words.selection();
    for (Letter letter : std::list<Letter>(world.letters)) {
        if (!selects(letter)) continue;
        letter.number = world.next_number();
        world.letters.push_back(std::move(letter));
    }
}

/// What somebody who can write anything makes of messages on their way (design rule 12).
void forge(World& world, Arguments& words) {
    const bool from = words.accept("from");
    const bool match = !from && words.accept("match");
    if (!from && !match && !words.accept("later")) throw ScriptError("forge: from, match or later");
    const MemberId author = from ? words.member() : MemberId{};
    const std::uint64_t index = match ? words.number() : 0;
    const Nanos later = from || match ? Nanos{} : words.milliseconds();
    const Selects selects = words.selection();
    for (Letter& letter : world.letters) {
        if (!selects(letter)) continue;
        if (from) letter.from = author;
        auto* reply = std::get_if<raft::AppendReply>(&letter.message);
        if (!from && reply == nullptr) throw ScriptError("only an append-reply has that");
        if (match) reply->match = index;
        if (!from) reply->sent += later;
    }
}

void hold(World& world, Arguments& words) {
    world.held.push_back(words.selection());
}

void release(World& world, Arguments&) {
    world.held.clear();
}

/// "A B | C": groups that hear nobody outside of them; whoever is not named is a group for itself.
/// "A->B": one way, for this link.
void cut(World& world, Arguments& words) {
    std::vector<std::vector<MemberId>> groups(1);
    while (!words.empty()) {
        if (words.accept("|")) {
            groups.emplace_back();
        } else if (const auto id = words.accept_member()) {
            groups.back().push_back(*id);
        } else {
            const Selects link = words.selection();
            for (const MemberId& a : world.everyone()) {
                for (const MemberId& b : world.everyone()) {
                    Letter letter;
                    letter.from = a;
                    letter.to = b;
                    if (a != b && link(letter)) world.cut.insert({a, b});
                }
            }
            words.end();
            return;
        }
    }
    const auto group_of = [&](MemberId id) {
        const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
            return std::find(group.begin(), group.end(), id) != group.end();
        });
        return found == groups.end() ? -static_cast<long>(id.low) : found - groups.begin();
    };
    for (const MemberId& a : world.everyone()) {
        for (const MemberId& b : world.everyone()) {
            if (group_of(a) != group_of(b)) world.cut.insert({a, b});
        }
    }
}

void heal(World& world, Arguments&) {
    world.cut.clear();
}

void wait(World& world, Arguments& words) {
    world.advance(words.milliseconds(), World::Network::stands_still);
}

void run(World& world, Arguments& words) {
    world.tell_sends = false;
    world.advance(words.milliseconds(), World::Network::delivers);
}

void network(World& world, Arguments& words) {
    const Selects selects = words.selection();
    if (world.letters.empty()) world.story.always("nothing is on its way");
    for (const Letter& letter : world.letters) {
        if (!selects(letter)) continue;
        world.story.always("#" + std::to_string(letter.number) + " " + name_of(letter.from) +
                           " -> " + name_of(letter.to) + "  " + text_of(letter.message) +
                           (world.is_held(letter) ? " (held)" : ""));
    }
}

}  // namespace

std::vector<Command> network_commands() {
    return {
        {"deliver", "[first|last] [WHICH]",
         "what is on its way, held or not, but not what that causes", deliver},
        {"settle", "[WHICH]", "delivers until nothing that is not held is on its way", settle},
        {"drop", "[WHICH]", "loses messages", drop},
        {"duplicate", "[WHICH]", "sends them once more, behind all others", duplicate},
        {"forge", "from A | match INDEX | later MS [WHICH]",
         "another sender, more held, or an answer to a request that is yet to be sent", forge},
        {"hold", "[WHICH]", "from now on these wait for deliver, or for release", hold},
        {"release", "", "holds nothing any more", release},
        {"cut", "A B | C… or A->B", "cuts links: between groups, or one way", cut},
        {"heal", "", "cuts nothing any more", heal},
        {"wait", "MS", "time passes, timers fire, and the network stands still", wait},
        {"run", "MS", "time passes, and each message takes its latency, 1 ms", run},
        {"network", "[WHICH]", "what is on its way", network},
    };
}

}  // namespace quorate::scenarios
