#include "net/connections.h"

namespace quorate::net {

io::ConnectionId Connections::of(int fd) {
    if (fd < 0) return 0;
    for (Closing& closing : closing_) {
        if (closing.fd == fd) {
            closing.tell = true;
            return closing.ids.front();
        }
    }
    auto& ids = open_[fd];
    // A frame may overtake the news that its connection was accepted.
    if (ids.empty()) ids.push_back(++last_);
    return ids.front();
}

void Connections::accepted(int fd) {
    auto& ids = open_[fd];
    if (!ids.empty()) return;
    ids.push_back(++last_);
    for (const Closing& closing : closing_) {
        if (closing.fd == fd) ids.push_back(closing.ids.front());
    }
}

void Connections::closed(int fd) {
    const auto found = open_.find(fd);
    if (found == open_.end()) return;
    closing_.push_back({fd, std::move(found->second), true});
    open_.erase(found);
}

void Connections::tell_closed(bool drained, std::vector<io::TransportEvent>& out) {
    for (Closing& closing : closing_) {
        if (!closing.tell) continue;
        for (const io::ConnectionId id : closing.ids) out.push_back(io::ConnectionClosed{id});
        closing.tell = false;
    }
    if (drained || closing_.size() > max_closing) closing_.clear();
}

}  // namespace quorate::net
