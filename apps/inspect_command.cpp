// quorate status, members, watch, elections: what a running member knows, asked from outside.
#include <iostream>
#include <thread>

#include "inspect_options.h"
#include "inspect_output.h"
#include "subcommand.h"

namespace quorate::apps {

namespace {

/// Whether who answered is in the group that was asked for, if one was.
template <class Inspected>
Result<Inspected> in_group(Result<Inspected> answer, const std::string& group) {
    if (!answer || group.empty() || answer->group == group) return answer;
    return Error{ErrorCode::no_answer,
                 "the member there is in the group " + answer->group + ", not in " + group};
}

/// Reads the options, opens the inspector, and leaves the rest to `run`.
template <class Run>
int inspect(const std::string& name, const Arguments& arguments, Run&& run) {
    const auto parsed = parse_inspect_options(name, arguments);
    if (const auto* bad = std::get_if<BadUsage>(&parsed)) {
        complain(name, bad->sentence);
        return exit_usage;
    }
    const auto* options = std::get_if<InspectCommandOptions>(&parsed);
    if (options == nullptr) {
        std::cout << inspect_help(name);
        return exit_ok;
    }
    auto opened = Inspector::open(options->inspector);
    const Result<> done = opened ? run(**opened, *options) : Result<>(opened.error());
    if (done) return exit_ok;
    complain(name, done.error().message);
    return exit_code_of(done.error());
}

void print(const std::vector<Json>& lines) {
    for (const Json& line : lines) std::cout << json_line(line);
}

/// Looks again and again: a member keeps nothing of who watches it.
class Watcher {
public:
    Watcher(Inspector& inspector, const InspectCommandOptions& options)
        : inspector_(inspector), options_(options) {}

    /// Until the reader of standard output is gone. An error if nobody answers the first time.
    Result<> run() {
        auto first = in_group(inspector_.status(), options_.group);
        if (!first) return first.error();
        tell("watching", describe_status(*first), *first);
        while (std::cout) {
            std::this_thread::sleep_for(options_.interval);
            look();
        }
        return Done{};
    }

private:
    void look() {
        auto answer = in_group(inspector_.status(), options_.group);
        if (!answer) {
            if (!silent_) write({{"event", "silent"}, {"message", answer.error().message}});
            silent_ = true;
            return;
        }
        const Json now = describe_status(*answer);
        const Json changes = changes_between(known_, now);
        if (silent_ || !changes.is_null()) {
            tell(silent_ ? "answers" : "changed", changes, *answer);
        }
        silent_ = false;
    }
    void tell(const char* event, const Json& fields, const InspectedStatus& answer) {
        group_ = answer.group;
        known_ = describe_status(answer);
        Json line{{"event", event}};
        if (!fields.is_null()) line.update(fields);
        write(line);
    }
    void write(const Json& line) {
        std::cout << format_line(options_.json ? Style::json : Style::readable, group_, line)
                  << std::flush;
    }

    Inspector& inspector_;
    const InspectCommandOptions& options_;
    std::string group_;
    Json known_;
    bool silent_ = false;
};

}  // namespace

int status_command(const Arguments& arguments) {
    return inspect("status", arguments, [](Inspector& inspector, const auto& options) -> Result<> {
        const auto answer = in_group(inspector.status(), options.group);
        if (!answer) return answer.error();
        std::cout << (options.json ? json_line(describe_status(*answer))
                                   : readable_status(*answer));
        return Done{};
    });
}

int members_command(const Arguments& arguments) {
    return inspect("members", arguments, [](Inspector& inspector, const auto& options) -> Result<> {
        const auto answer = in_group(inspector.status(), options.group);
        if (!answer) return answer.error();
        if (options.json) {
            print(describe_members(*answer));
        } else {
            std::cout << readable_members(*answer);
        }
        return Done{};
    });
}

int elections_command(const Arguments& arguments) {
    return inspect("elections", arguments,
                   [](Inspector& inspector, const auto& options) -> Result<> {
                       const auto answer = in_group(inspector.elections(), options.group);
                       if (!answer) return answer.error();
                       if (options.json) {
                           print(describe_elections(*answer));
                       } else {
                           std::cout << readable_elections(*answer);
                       }
                       return Done{};
                   });
}

int watch_command(const Arguments& arguments) {
    return inspect("watch", arguments, [](Inspector& inspector, const auto& options) {
        return Watcher(inspector, options).run();
    });
}

}  // namespace quorate::apps
