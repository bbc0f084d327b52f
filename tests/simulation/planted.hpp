#pragma once
// The deliberate faults of engine and ledger by name, for --plant and for the test that the
// simulation sees each of them. Test builds only.
#include "common/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vault::simulation {

// Plants the named bug for as long as it lives; "" plants none.
class Planted {
  public:
    // Errors: InvalidParams with the known names.
    static Result<void> check(std::string_view name);
    // `name` is known.
    explicit Planted(std::string_view name);
    ~Planted();
    Planted(const Planted&) = delete;
    Planted& operator=(const Planted&) = delete;
};

std::vector<std::string> planted_names();

}  // namespace vault::simulation
