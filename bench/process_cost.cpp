#include "bench/process_cost.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/bench.h"

namespace quorate::bench {

namespace {

constexpr unsigned tcp_established = 1;

/// A question to the kernel about its sockets, and the answers to it.
class SocketDiagnosis {
public:
    SocketDiagnosis() : socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
        if (socket_ < 0) throw Failed("the kernel does not tell about sockets");
    }
    ~SocketDiagnosis() { close(socket_); }
    SocketDiagnosis(const SocketDiagnosis&) = delete;
    SocketDiagnosis& operator=(const SocketDiagnosis&) = delete;

    void ask() {
        struct {
            nlmsghdr header;
            inet_diag_req_v2 request;
        } question{};
        question.header.nlmsg_len = sizeof question;
        question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
        question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        question.request.sdiag_family = AF_INET;
        question.request.sdiag_protocol = IPPROTO_TCP;
        question.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
        question.request.idiag_states = 1U << tcp_established;
        if (send(socket_, &question, sizeof question, 0) < 0) {
            throw Failed("the kernel does not tell about sockets");
        }
    }

    /// Calls `take(inet_diag_msg, tcp_info)` for each socket.
    template <class Take>
    void read_answers(Take take) {
        alignas(nlmsghdr) char bytes[32 * 1024];
        while (true) {
            ssize_t left = recv(socket_, bytes, sizeof bytes, 0);
            if (left <= 0) throw Failed("the kernel stopped telling about sockets");
            for (auto* header = reinterpret_cast<nlmsghdr*>(bytes); NLMSG_OK(header, left);
                 header = NLMSG_NEXT(header, left)) {
                if (header->nlmsg_type == NLMSG_DONE) return;
                if (header->nlmsg_type == NLMSG_ERROR) {
                    throw Failed("the kernel does not tell about sockets");
                }
                read_one(header, take);
            }
        }
    }

private:
    template <class Take>
    static void read_one(nlmsghdr* header, Take take) {
        const auto* about = static_cast<inet_diag_msg*>(NLMSG_DATA(header));
        auto left = static_cast<int>(header->nlmsg_len - NLMSG_LENGTH(sizeof *about));
        auto* attribute = reinterpret_cast<rtattr*>(const_cast<inet_diag_msg*>(about) + 1);
        for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
            if (attribute->rta_type != INET_DIAG_INFO) continue;
            tcp_info info{};
            std::memcpy(&info, RTA_DATA(attribute),
                        std::min<std::size_t>(RTA_PAYLOAD(attribute), sizeof info));
            take(*about, info);
        }
    }

    int socket_;
};

}  // namespace

std::int64_t processor_ns(pid_t pid) {
    std::int64_t sum = 0;
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
        std::ifstream file(task.path() / "schedstat");
        std::int64_t running = 0;
        if (!(file >> running)) throw Failed("the kernel does not tell about processor time");
        sum += running;
    }
    return sum;
}

double resident_kib(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    double all = 0;
    double resident = 0;
    if (!(file >> all >> resident)) throw Failed("the kernel does not tell about memory");
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024.0;
}

std::uint64_t segments_sent_to(const std::vector<Port>& ports) {
    SocketDiagnosis diagnosis;
    diagnosis.ask();
    std::uint64_t sum = 0;
    diagnosis.read_answers([&](const inet_diag_msg& about, const tcp_info& info) {
        const Port to = ntohs(about.id.idiag_dport);
        if (std::find(ports.begin(), ports.end(), to) != ports.end()) {
            sum += info.tcpi_data_segs_out;
        }
    });
    return sum;
}

}  // namespace quorate::bench
