// Incoming frames of a member that speaks CURVE: whose they are, and whether that one is still let
// in. libzmq asks for a key once, when a connection is made; who is cut off later is cut off here.
//
// One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "io/transport.h"
#include "net/curve.h"

namespace quorate::net {

class Gate {
public:
    /// `curve` must outlive it.
    explicit Gate(const Curve& curve);

    /// Where the connections come in: known once that is bound.
    void listens_on(std::uint16_t port) { port_ = port; }

    struct Sender {
        PublicKey key;
        DeploymentProof proof{};
        bool let_in = false;
    };
    /// Who sent a frame; null: nobody that is let in, and the connection is closed. `user`: the
    /// name that ZAP gave the sender; `fd`: of the connection.
    const Sender* identify(const char* user, int fd);
    /// Takes the proof off the frame's end, and notes in the frame what it is worth. False: there
    /// is none.
    static bool take_proof(const Sender& sender, io::FrameArrived& frame);
    /// The monitor says that this connection is closed.
    void closed(int fd) { connections_.erase(fd); }
    /// Closes the connections of those whose keys are no longer let in, if any were removed since.
    void apply_changes();

private:
    const Sender* find(const char* user);
    void hang_up(int fd) const;

    const Curve& curve_;
    std::uint16_t port_ = 0;  ///< none yet: nothing is hung up
    std::uint64_t generation_ = 0;
    std::shared_ptr<const AuthorizedKeys> keys_;
    struct HashName {  // so that looking up takes no copy of the name
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>{}(name);
        }
    };
    std::unordered_map<std::string, Sender, HashName, std::equal_to<>> senders_;  ///< by name
    std::unordered_map<int, const Sender*> connections_;
};

}  // namespace quorate::net
