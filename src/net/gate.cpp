#include "net/gate.h"

#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>

#include "net/address.h"

namespace quorate::net {

namespace {

/// The port of the connection's own end. Nothing: `fd` is no TCP connection at all.
std::optional<std::uint16_t> port_of_connection(int fd) {
    int protocol = 0;
    socklen_t size = sizeof protocol;
    if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0 || protocol != IPPROTO_TCP) {
        return std::nullopt;
    }
    const auto own = local_address(fd);
    if (!own || !remote_address(fd)) return std::nullopt;  // a listener has no other end
    return own->port();
}

}  // namespace

Gate::Gate(const Curve& curve)
    : curve_(curve), generation_(curve.ring().generation()), keys_(curve.ring().keys()) {}

/// libzmq has no call that closes one incoming connection. It may have closed this one already, and
/// the component may have been given its number for something of its own: that is left alone. Where
/// the number was given to another connection of the listener's, that one is dialled anew: nothing
/// worse comes of it.
void Gate::hang_up(int fd) const {
    if (fd >= 0 && port_of_connection(fd) == port_) shutdown(fd, SHUT_RDWR);
}

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
    std::erase_if(connections_, [this](const auto& connection) {
        if (!connection.second->let_in) hang_up(connection.first);
        return !connection.second->let_in;
    });
    std::erase_if(senders_, [](const auto& sender) { return !sender.second.let_in; });
}

}  // namespace quorate::net
