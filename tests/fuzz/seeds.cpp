// Writes the inputs that the corpora start from, with the real encoders: a file for each kind of
// frame, command and so on. What fuzzers found since lies beside them, under other names.
//   fuzz_seeds DIRECTORY
#include <log.capnp.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "consensus/commands.h"
#include "quorate/typed.h"
#include "tests/unit/wire/samples.h"

namespace {

using namespace quorate;
using namespace std::string_view_literals;
using wire::member;

std::filesystem::path room;

void write(const std::string& fuzzer, const std::string& name, std::string_view bytes) {
    std::filesystem::create_directories(room / fuzzer);
    std::ofstream file(room / fuzzer / ("seed-" + name), std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string length_of(std::size_t size) {
    return {static_cast<char>(size & 0xff), static_cast<char>(size >> 8)};
}

/// A member that is founded by others, hears one frame from a stranger and one from a founder, and
/// lives on for a while (loop_fuzzer.cpp).
void write_member_story(const std::string& name, const wire::Body& body) {
    const auto heard = [](int how, const wire::Body& said) {
        const Payload bytes = wire::encode(wire::frame_of(said));
        return static_cast<char>(how) + length_of(bytes.size()) + bytes.str();
    };
    const wire::FoundingProposal proposal{IncarnationId{9, 9}, wire::spec(), wire::contacts(), {}};
    const std::string life =
        heard(5, proposal) + heard(5, wire::FoundingDone{wire::founding(), true});
    const std::string turns = std::string(4, '\0') + "\x02" + std::string(4, '\0') + "\x04\x01\x05";
    const std::string both = heard(5 + 32, body) + heard(5, body);
    write("loop", "in-" + name, std::string(1, '\0') + life + both + turns);
    write("loop", "out-" + name, std::string(1, '\0') + both + turns);
    write("loop", "alone-" + name, std::string(1, '\x01') + std::string(12, '\0') + both + turns);
}

void write_frames() {
    std::size_t number = 0;
    std::string all = std::string(1, '\0');
    for (const wire::Body& body : wire::all_bodies()) {
        const Payload bytes = wire::encode(wire::frame_of(body));
        write("frame", std::to_string(++number), bytes.view());
        write_member_story(std::to_string(number), body);
        if (!std::holds_alternative<wire::RaftFrame>(body)) continue;
        // Said to a Raft core by a stranger: step 5 is a frame, 5 * 32 member 6.
        const std::string step = char(5 * 32 + 5) + length_of(bytes.size()) + bytes.str();
        all += step;
        write("raft", "frame-" + std::to_string(number), std::string(1, '\0') + step);
    }
    write("raft", "frames", all);
}

std::vector<consensus::Command> commands() {
    using namespace consensus;
    const PollId poll{2, 1};
    const PollId agreed{2, 3};
    const ActionTerms terms{.at = std::chrono::hours(1), .tolerance = std::chrono::seconds(1)};
    OpenPoll action{
        agreed, member(2), 9, "close breaker 7", Voting::majority, std::chrono::seconds(1)};
    action.action = terms;
    action.stamp = {std::chrono::seconds(1), std::chrono::seconds(2)};
    return {Join{{member(4), "relay 4", "tcp://10.0.0.4:5601", Role::member}},
            Join{{member(1), "relay", "tcp://10.0.0.9:5601", Role::observer}},
            Leave{member(1), Departure::left},
            Leave{member(3), Departure::lost},
            OrderedMessage{member(2), 7, 1'700'000'000, Payload("set point 0.8")},
            OpenPoll{PollId{2, 9}, member(2), 8, "open breaker 7", Voting::consensus,
                     std::chrono::seconds(1)},
            CastVote{poll, member(2), true},
            CastVote{poll, member(3), false},
            ExpirePoll{poll},
            action,
            CastVote{agreed, member(2), true},
            CastVote{agreed, member(4), true},
            CastVote{agreed, member(1), false, true},
            CloseAction{agreed, {std::chrono::seconds(1), std::chrono::seconds(2)}},
            CancelAction{agreed, member(2), 10, {std::chrono::seconds(2), std::chrono::seconds(3)}},
            Resize{member(2), 11, 5},
            FinishResize{16, 16}};
}

void write_commands_and_states() {
    std::size_t number = 0;
    consensus::Founding founding = wire::founding();
    founding.roster.push_back({member(3), "three", "tcp://10.0.0.3:1", Role::member});
    consensus::StateMachine machine(founding);
    write("state", "0", machine.serialize().view());
    for (const consensus::Command& command : commands()) {
        const Payload bytes = consensus::encode(command);
        write("command", std::to_string(++number), bytes.view());
        machine.apply(number, bytes);
        write("state", std::to_string(number), machine.serialize().view());
    }
}

void write_texts() {
    const char* texts[] = {"tcp://10.0.0.7:5601",
                           "tcp://[fe80::1%eth0]:65535",
                           "[::1]:0",
                           "relay-5.example:1",
                           "feeder.A",
                           "relay 7 \xe2\x9a\xa1 \xf0\x9d\x84\x9e \xc3\xa9",
                           "0123456789abcdef0123456789ABCDEF",
                           "\xc2\x85",
                           "\x1b[2J"};
    std::size_t number = 0;
    for (const char* text : texts) write("text", std::to_string(++number), text);
}

void write_lines() {
    const std::string id = "0123456789abcdef0123456789abcdef";
    // The first byte: how many bytes come at once, less one.
    write("line", "commands",
          "\x07send hello all\nsend-ordered 1 2\nsend-leader x\nsend-member - y\nsend-member " +
              id +
              " z\nrequest-vote majority 1000 open breaker 7\nrequest-vote consensus 86400000 t\n"
              "vote " +
              id + " yes\nvote " + id + " no\nstatus\ntransfer " + id + "\nresize 5\nleave\n");
    write("line", "bad", "\x30send\nvote 1 maybe\nresize 0\nrequest-vote all 0\n\n  \r\nlea");
    write("line", "long",
          "\x02send " + std::string(300, 'x') + "\nstatus\n" + std::string(150, 'y'));
}

void write_options() {
    write("options", "all",
          "--group\nfeeder.A\n--name=relay 7\n--size\n5\n--max-voters\n3\n--listen\n"
          "tcp://0.0.0.0:0\n--advertise\ntcp://10.0.0.7:5601\n--seed\ntcp://10.0.0.8:5601\n--seed="
          "tcp://[::1]:1\n--beacon\noff\n--heartbeat-ms\n5\n--election-min-ms\n20\n"
          "--election-max-ms\n40\n--peer-timeout-ms\n100\n--refound-after-ms\nnever\n--vote\nyes\n"
          "--json\n--hold");
    write("options", "file",
          "--json\n\0# a comment\ngroup = feeder.A\nsize = 5\nrefound-after-ms = 5000\n"
          "seed = tcp://10.0.0.8:5601\nvote = no\nclock = realtime\nbeacon=10.0.0.255:1"
          "\nhold = true\n[section]\nx = 1\n"sv);
    write("options", "bad", "--group\nA\n-h\n--role\nobserver\n--key\nx\n--\ny");
    write("options", "later", "--group\na.b\n--clock-error-us\n5\n--data-dir\nx");
}

void write_typed() {
    const auto founding = [](std::size_t expected_bytes, unsigned members) {
        TypedMessage<schema::log::Founding> message(expected_bytes);
        auto root = message.root();
        root.setEpoch(5);
        root.getIncarnation().setLow(1);
        root.initSpec().getRefoundAfter().setNs(1);
        for (auto each : root.initRoster(members)) {
            each.setName("relay");
            each.setEndpoint("tcp://10.0.0.7:5601");
        }
        return std::move(message).payload();
    };
    write("typed", "one-segment", "\x40" + founding(1024, 2).str());
    write("typed", "segments", "\x01" + founding(8, 5).str());
    write("typed", "empty", "\x01" + founding(8, 0).str());
}

void write_stories() {
    // Elections, replication and changes as a Raft core lives them: the first byte chooses timing
    // and disk, then come steps (raft_fuzzer.cpp), in whose upper bits stands who speaks.
    const std::string timer(1, '\0');
    const auto from = [](int id, std::initializer_list<int> message) {
        std::string step(1, static_cast<char>((id - 1) * 32 + 10));
        for (const int byte : message) step += static_cast<char>(byte);
        return step;
    };
    // Granted in the core's term (3 of near(): value + 0; 4: value + 1).
    const auto grant = [&](int id, bool pre_vote) {
        return from(id, {1 + 8 + (pre_vote ? 16 : 0), pre_vote ? 132 : 131, 0, 0});
    };
    const auto accept = [&](int id) { return from(id, {2 + 8 + 16, 131, 131, 131, 131, 0}); };
    const std::string elected = timer + timer + grant(2, true) + grant(2, false) + accept(2);
    const std::string proposal = {8, 0, 5};
    const std::string change = {8, 1, 0x0f - 2, 0};
    const std::string transfer = {8, 2, 2};
    const std::string compaction = {8, 4, 1};
    for (const int choice : {0, 1, 2, 4}) {
        const std::string first(1, static_cast<char>(choice));
        const std::string name = std::to_string(choice);
        write("raft", "elected-" + name, first + elected + proposal + accept(2) + accept(3));
        write("raft", "changed-" + name,
              first + elected + change + accept(2) + accept(4) + timer + accept(2) + compaction +
                  proposal + accept(4));
        write("raft", "handed-on-" + name, first + elected + proposal + transfer + accept(2));
    }
    // A stranger leads, names a place far down the order of succession, and dies.
    for (const int choice : {0, 1}) {
        write("raft", "far-successor-" + std::to_string(choice),
              std::string(1, static_cast<char>(choice)) +
                  from(6, {6, 132, 0, 128, 0, 255, 255, 255, 255, 0}) + char(5 * 32 + 6) + timer);
    }
    // A stranger leads for a while: two entries, a state, an order to campaign.
    write("raft", "stranger",
          std::string(1, '\0') + from(6, {6, 132, 0, 2, 2, 5, 1, 2, 1, 2, 1}) +
              from(6, {4, 5, 1, 7, 0, 8, 2, 1}) + from(6, {5, 131}) + timer);
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 64;
    room = arguments[1];
    write_frames();
    write_commands_and_states();
    write_texts();
    write_lines();
    write_options();
    write_typed();
    write_stories();
    return 0;
}
