// A component's handlers, one for each kind of event. Component's thread.
#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <variant>

#include "quorate/events.h"

namespace quorate::group {

class EventHandlers {
public:
    template <class E>
    void set(std::function<void(const E&)> handler) {
        slot<E>() = std::make_shared<const std::function<void(const E&)>>(std::move(handler));
    }

    /// Runs the handler of this kind of event, if there is one.
    void run(const Event& event) const {
        std::visit(
            [this]<class E>(const E& value) {
                // A copy of the pointer: the handler may replace itself while it runs.
                const auto handler = std::get<Slot<E>>(slots_);
                if (handler && *handler) (*handler)(value);
            },
            event);
    }

private:
    template <class E>
    using Slot = std::shared_ptr<const std::function<void(const E&)>>;
    template <class Variant>
    struct SlotsOf;
    template <class... E>
    struct SlotsOf<std::variant<E...>> {
        using type = std::tuple<Slot<E>...>;
    };
    template <class E>
    Slot<E>& slot() {
        return std::get<Slot<E>>(slots_);
    }

    SlotsOf<Event>::type slots_;
};

}  // namespace quorate::group
