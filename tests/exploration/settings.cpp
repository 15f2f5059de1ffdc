// The settings that script/explore goes through, one after the other.
#include "tests/exploration/opening.h"

namespace quorate::exploration {

namespace {

Founding of(std::vector<Node> voters, std::vector<Node> learners = {}) {
    Founding founding;
    for (const Node node : voters) founding.voters.push_back(member(node));
    for (const Node node : learners) founding.learners.push_back(member(node));
    return founding;
}

Setting three(std::string name, std::string about) {
    Setting setting;
    setting.name = std::move(name);
    setting.about = std::move(about);
    setting.founding.fill(of({0, 1, 2}));
    return setting;
}

Setting two_and_a_learner(std::string name, std::string about, std::vector<Node> change_to) {
    Setting setting = three(std::move(name), std::move(about));
    setting.founding.fill(of({0, 1}, {2}));
    setting.change_to = of(std::move(change_to)).voters;
    setting.bounds.changes = 1;
    return setting;
}

std::vector<Setting> all() {
    std::vector<Setting> list;
    list.push_back(three("cold", "three voters that have just been founded"));

    list.push_back(three("led", "node 1 leads, all is quiet"));
    list.back().bounds.transfers = 1;
    list.back().open = [](Opening& opening) { opening.elect(0); };

    list.push_back(
        three("lease", "as in led, but an acknowledgement of its heartbeat is a tick old"));
    list.back().bounds.proposals = 0;
    list.back().bounds.crashes = 0;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.pass(1);
        opening.fire(0);
        opening.deliver_between(0, 1);
        opening.pass(1);
    };

    list.push_back(three("waking", "node 1 holds a lease by node 2, who has just crashed"));
    list.back().bounds.proposals = 0;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.pass(1);
        opening.fire(0);
        opening.settle_between(0, 1);
        opening.crash(1);
    };

    list.push_back(
        three("fork", "node 1 leads, nobody has heard of its newest entry, and time is up"));
    list.back().bounds.proposals = 2;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.propose(0);
        opening.lose_everything();
        opening.pass(election_ticks);
    };

    list.push_back(three("overruled", "as in fork, but node 2 has just been elected by node 3"));
    list.back().bounds.proposals = 2;
    list.back().bounds.crashes = 0;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.propose(0);
        opening.win(1, 2);
    };

    // The thesis's figure 3.7: an entry of an earlier term, though a majority may hold it by now,
    // is not committed by that.
    list.push_back(three(
        "comeback", "as in overruled, but node 1 leads again, and node 3 got its entry of term 1"));
    list.back().bounds.terms = 4;
    list.back().bounds.proposals = 2;
    list.back().bounds.crashes = 0;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.propose(0);
        opening.win(1, 2);
        opening.win(0, 2);
        opening.pass(1);
        opening.fire(0);
        opening.deliver_between(0, 1);
        opening.bring(0, 2, 2);
    };

    list.push_back(three("handover", "node 1 has been told to hand leadership on to node 2"));
    list.back().bounds.transfers = 1;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.transfer(0, 1);
    };

    list.push_back(
        three("behind", "node 3 missed what node 1 proposed, and node 1 forgot the log"));
    list.back().bounds.compactions = 1;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.propose(0);
        opening.settle_between(0, 1);
        opening.lose_everything();
        opening.compact(0);
    };

    list.push_back(
        two_and_a_learner("growth", "a learner is about to get the third seat", {0, 1, 2}));
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.change(0);
    };

    list.push_back(two_and_a_learner("takeover",
                                     "a learner is about to take over the seat of node 2", {0, 2}));
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.change(0);
    };

    list.push_back(two_and_a_learner("succession",
                                     "a learner is about to take over the leader's seat", {1, 2}));
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.change(0);
    };

    // A majority of the new voters alone could miss a majority of the old ones.
    list.push_back(three("swap", "a fourth node is about to take over the seat of node 3"));
    list.back().nodes = 4;
    list.back().founding.fill(of({0, 1, 2}, {3}));
    list.back().change_to = of({0, 1, 3}).voters;
    list.back().bounds.changes = 1;
    list.back().bounds.proposals = 0;
    list.back().bounds.crashes = 0;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.change(0);
    };

    list.push_back(list.back());
    list.back().name = "undone";
    list.back().about =
        "as in swap, but node 2 has been elected by node 3, who had not heard of it";
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.change(0);
        opening.win(1, 2);
    };

    list.push_back(
        three("echo", "node 1 leads with two entries on their way; a message may arrive twice"));
    list.back().bounds.proposals = 3;
    list.back().bounds.crashes = 0;
    list.back().bounds.repeats = 1;
    list.back().open = [](Opening& opening) {
        opening.elect(0);
        opening.propose(0);
        opening.propose(0);
    };
    return list;
}

}  // namespace

const std::vector<Setting>& settings() {
    static const std::vector<Setting> list = all();
    return list;
}

}  // namespace quorate::exploration
