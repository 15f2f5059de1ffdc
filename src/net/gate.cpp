#include "net/gate.h"

#include <sodium.h>
#include <sys/socket.h>

namespace quorate::net {

namespace {

/// libzmq has no call that closes one incoming connection. Where the number has just been given to
/// another of this process's sockets, that one is dialled anew: nothing worse comes of it.
void hang_up(int fd) {
    if (fd >= 0) shutdown(fd, SHUT_RDWR);
}

}  // namespace

Gate::Gate(const Curve& curve)
    : curve_(curve), generation_(curve.ring().generation()), keys_(curve.ring().keys()) {}

const Gate::Sender* Gate::find(const char* user) {
    if (user == nullptr) return nullptr;
    const auto found = senders_.find(std::string_view(user));
    if (found != senders_.end()) return &found->second;
    const auto key = parse_key(user);
    if (!key) return nullptr;
    const Sender sender{*key, curve_.proof_of(*key), keys_->contains(*key)};
    return &senders_.emplace(user, sender).first->second;
}

const Gate::Sender* Gate::identify(const char* user, int fd) {
    const Sender* sender = find(user);
    if (sender == nullptr || !sender->let_in) {
        hang_up(fd);
        return nullptr;
    }
    if (fd >= 0) connections_[fd] = sender;
    return sender;
}

bool Gate::take_proof(const Sender& sender, io::FrameArrived& frame) {
    const std::string_view bytes = frame.bytes.view();
    if (bytes.size() < sender.proof.size()) return false;
    const std::size_t length = bytes.size() - sender.proof.size();
    frame.key = sender.key;
    frame.same_deployment =
        sodium_memcmp(bytes.data() + length, sender.proof.data(), sender.proof.size()) == 0;
    frame.bytes = Payload(bytes.substr(0, length), frame.bytes.owner());
    return true;
}

void Gate::apply_changes() {
    const std::uint64_t generation = curve_.ring().generation();
    if (generation == generation_) return;
    generation_ = generation;
    keys_ = curve_.ring().keys();
    for (auto& [user, sender] : senders_) sender.let_in = keys_->contains(sender.key);
    std::erase_if(connections_, [](const auto& connection) {
        if (!connection.second->let_in) hang_up(connection.first);
        return !connection.second->let_in;
    });
    std::erase_if(senders_, [](const auto& sender) { return !sender.second.let_in; });
}

}  // namespace quorate::net
