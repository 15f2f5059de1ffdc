#include "sim/core/history.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace quorate::sim::core {

namespace {

using Outcome = History::Outcome;

/// A read tells that its write happened before the read's answer. So a write of unknown outcome has
/// an end once somebody read it; one that nobody read explains nothing, and is left out, and so is
/// a read that nobody was told.
std::vector<Operation> settle(const std::vector<Operation>& all) {
    std::unordered_map<Value, Nanos> read_by;
    for (const Operation& each : all) {
        if (each.write || each.answer == base::never) continue;
        const auto [found, first] = read_by.try_emplace(each.value, each.answer);
        if (!first) found->second = std::min(found->second, each.answer);
    }
    std::vector<Operation> settled;
    for (Operation each : all) {
        const auto read = each.write ? read_by.find(each.value) : read_by.end();
        if (read != read_by.end()) each.answer = std::min(each.answer, read->second);
        if (each.answer != base::never) settled.push_back(each);
    }
    return settled;
}

std::string describe(const Operation& operation) {
    return std::string(operation.write ? "write " : "read ") + std::to_string(operation.value) +
           " (" + seconds(operation.call) + " to " + seconds(operation.answer) + ")";
}

/// One key. The calls and answers that are not taken yet stand in a list in the order of time; an
/// operation can come next if it was called before the first answer in that list.
class Search {
public:
    explicit Search(std::vector<Operation> operations) : operations_(std::move(operations)) {
        struct Edge {
            Nanos at;
            bool answer;
            std::size_t operation;
        };
        std::vector<Edge> edges;
        for (std::size_t i = 0; i < operations_.size(); ++i) {
            edges.push_back({operations_[i].call, false, i});
            edges.push_back({operations_[i].answer, true, i});
        }
        // At one time calls come first: the two may have been at once.
        std::stable_sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
            return a.at != b.at ? a.at < b.at : a.answer < b.answer;
        });
        nodes_.resize(edges.size() + 2);
        answer_of_.resize(operations_.size());
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            nodes_[i].before = i == 0 ? 0 : i - 1;
            nodes_[i].after = std::min(i + 1, nodes_.size() - 1);
            if (i == 0 || i + 1 == nodes_.size()) continue;
            nodes_[i].operation = edges[i - 1].operation;
            nodes_[i].answer = edges[i - 1].answer;
            if (edges[i - 1].answer) answer_of_[edges[i - 1].operation] = i;
        }
    }

    Outcome run(std::size_t max_steps, std::size_t& steps) {
        std::size_t at = nodes_[0].after;
        const std::size_t end = nodes_.size() - 1;
        while (nodes_[0].after != end) {
            if (++steps > max_steps) return Outcome::given_up;
            if (at != end && !nodes_[at].answer) {
                if (take(at)) {
                    at = nodes_[0].after;
                } else {
                    at = nodes_[at].after;
                }
                continue;
            }
            // The first answer whose operation was not taken: something before was taken wrongly.
            if (at != end) stuck_ = nodes_[at].operation;
            if (taken_.empty()) return Outcome::violated;
            at = nodes_[undo()].after;
        }
        return Outcome::linearizable;
    }

    std::string details() const {
        std::string text = "nothing explains " + describe(operations_[deepest_stuck_]);
        if (deepest_ > 0) text += " once the register holds " + std::to_string(deepest_value_);
        return text;
    }

private:
    struct Node {
        std::size_t before = 0;
        std::size_t after = 0;
        std::size_t operation = 0;
        bool answer = false;
    };
    struct Taken {
        std::size_t call;
        Value value_before;
    };

    bool take(std::size_t call) {
        const std::size_t index = nodes_[call].operation;
        const Operation& operation = operations_[index];
        if (!operation.write && operation.value != value_) return false;
        const Value next = operation.write ? operation.value : value_;
        // What was taken, and what the register holds, as one fingerprint; two that meet by chance
        // (2^-64 for each pair) would hide a way.
        if (!seen_.insert((taken_hash_ ^ mix(index + 1)) + mix(~next)).second) return false;
        taken_.push_back({call, value_});
        taken_hash_ ^= mix(index + 1);
        value_ = next;
        unlink(call);
        unlink(answer_of_[index]);
        return true;
    }

    std::size_t undo() {
        if (taken_.size() >= deepest_) {
            deepest_ = taken_.size();
            deepest_stuck_ = stuck_;
            deepest_value_ = value_;
        }
        const Taken last = taken_.back();
        taken_.pop_back();
        const std::size_t index = nodes_[last.call].operation;
        relink(answer_of_[index]);
        relink(last.call);
        taken_hash_ ^= mix(index + 1);
        value_ = last.value_before;
        return last.call;
    }

    void unlink(std::size_t node) {
        nodes_[nodes_[node].before].after = nodes_[node].after;
        nodes_[nodes_[node].after].before = nodes_[node].before;
    }
    void relink(std::size_t node) {
        nodes_[nodes_[node].before].after = node;
        nodes_[nodes_[node].after].before = node;
    }
    static std::uint64_t mix(std::uint64_t x) {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
        return x ^ (x >> 31);
    }

    std::vector<Operation> operations_;
    std::vector<Node> nodes_;  ///< the first and the last stand for the ends of the list
    std::vector<std::size_t> answer_of_;
    std::vector<Taken> taken_;
    std::unordered_set<std::uint64_t> seen_;
    std::uint64_t taken_hash_ = 0;
    Value value_ = 0;
    std::size_t stuck_ = 0;
    std::size_t deepest_ = 0;
    std::size_t deepest_stuck_ = 0;
    Value deepest_value_ = 0;
};

}  // namespace

std::size_t History::invoked(const Operation& operation) {
    operations_.push_back(operation);
    operations_.back().answer = base::never;
    return operations_.size() - 1;
}

void History::returned(std::size_t operation, Value value, Nanos answer) {
    operations_[operation].value = value;
    operations_[operation].answer = answer;
}

History::Finding History::judge(std::size_t max_steps) const {
    std::map<std::uint32_t, std::vector<Operation>> by_key;
    for (const Operation& each : operations_) by_key[each.key].push_back(each);
    Finding finding;
    for (const auto& [key, operations] : by_key) {
        Search search(settle(operations));
        std::size_t steps = 0;
        const Outcome outcome = search.run(max_steps, steps);
        finding.steps += steps;
        if (outcome == Outcome::linearizable) continue;
        finding.outcome = outcome;
        finding.key = key;
        finding.details = "key " + std::to_string(key) + ": " + search.details();
        if (outcome == Outcome::violated) break;
    }
    return finding;
}

}  // namespace quorate::sim::core
