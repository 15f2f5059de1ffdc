// active_replica: three replicas answer every request of a client, which takes the first answer and
// drops the others. Nobody has to find out first that a replica has died: the client doesn't
// notice. Shows send(), send_to_member(), and a client that takes part as an observer.
//
// To try it, in four terminals; kill one of the replicas, whichever it is, while the client asks:
//   build/release/bin/examples/active_replica replica anna
//   build/release/bin/examples/active_replica replica bert
//   build/release/bin/examples/active_replica replica carl
//   build/release/bin/examples/active_replica client 100
// The beacon brings them together, or seeds do: active_replica client 100 tcp://127.0.0.1:40123
//
// Here an answer depends on its request alone: any replica can give it at once, and asking twice
// does no harm. Replicas with a state need their requests in one order: send_ordered().
#include <quorate/quorate.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sstream>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

volatile std::sig_atomic_t stopping = 0;

/// A request, or its answer.
struct Note {
    std::uint64_t request = 0;  // the client counts them
    std::uint64_t number = 0;   // whose smallest factor is wanted, or that factor
    std::string text() const { return std::to_string(request) + ' ' + std::to_string(number); }
};

/// Nothing if it is none: any member may send anything.
std::optional<Note> read_note(const quorate::Payload& data) {
    std::istringstream text(data.str());
    Note note;
    return text >> note.request >> note.number ? std::optional(note) : std::nullopt;
}

void answer_requests(quorate::Group& group) {
    group.on_message([&](const quorate::Message& message) {
        auto note = read_note(message.data);
        if (!note || note->number > 1'000'000'000'000) return;  // that would take too long
        std::uint64_t factor = 2;
        while (factor * factor <= note->number && note->number % factor != 0) ++factor;
        if (factor * factor <= note->number) note->number = factor;  // otherwise it is a prime
        std::cout << "answering request " << note->request << '\n';
        const auto sent = group.send_to_member(message.from, note->text());
        if (!sent) std::cout << "can't answer: " << sent.error().message << '\n';
    });
}

struct Client {
    std::uint64_t wanted = 0;             // requests
    std::uint64_t request = 1;            // that is asked, or will be next
    Clock::time_point next{};             // when to ask; again, if there is no answer by then
    std::uint64_t sent = 0, dropped = 0;  // requests, and answers that came after the first

    void take_answers(quorate::Group& group) {
        group.on_message_to_member([&](const quorate::MessageToMember& message) {
            const auto note = read_note(message.data);
            if (note && note->request < request) ++dropped;
            if (!note || note->request != request) return;
            std::cout << "10^10 + " << request << " is divisible by " << note->number << '\n';
            ++request;
            next = Clock::now() + 100ms;
        });
    }
    void ask(quorate::Group& group) {
        if (request > wanted || Clock::now() < next) return;
        if (request == 1 && group.size() <= group.spec().size) return;  // all begin together
        next = Clock::now() + 1s;
        ++sent;
        const auto taken = group.send(Note{request, 10'000'000'000 + request}.text());
        if (!taken) std::cout << "can't ask: " << taken.error().message << '\n';
    }
};

}  // namespace

int main(int argc, char** argv) {
    const std::string role = argc > 2 ? argv[1] : "";
    const bool asks = role == "client";
    Client client{.wanted = asks ? std::strtoull(argv[2], nullptr, 10) : 0};
    if (role != "replica" && client.wanted == 0) {
        std::cerr << "usage: active_replica {replica NAME | client REQUESTS} [SEED...]\n";
        return 64;
    }
    std::cout << std::unitbuf;  // each line at once, also into a pipe
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopping = 1; });

    quorate::CoordinatorOptions options{.component = argv[2], .seeds = {argv + 3, argv + argc}};
    if (asks) options.component = role;
    if (asks) options.role = quorate::Role::observer;  // beside the three, without a seat
    if (argc > 3) options.beacon.clear();
    quorate::Coordinator coordinator{options};
    auto joined = coordinator.join_group("active_replica", "A", {.size = 3});
    if (!joined) {
        std::cerr << joined.error().message << '\n';
        return EXIT_FAILURE;
    }
    std::cout << options.component << " listens at " << joined->status().endpoint << '\n';
    asks ? client.take_answers(*joined) : answer_requests(*joined);
    joined->on_request_done([](const quorate::RequestDone& done) {
        if (done.error) std::cout << "that failed: " << done.error->message << '\n';
    });
    joined->on_refused([](const quorate::Refused& refused) {
        std::cerr << refused.reason << '\n';
        stopping = 1;
    });
    while (stopping == 0 && (!asks || client.request <= client.wanted)) {
        coordinator.dispatch(10ms);
        client.ask(*joined);
    }
    if (asks)
        std::cout << "asked " << client.sent << ", dropped " << client.dropped << " answers\n";
}
