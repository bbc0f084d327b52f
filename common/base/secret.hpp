#pragma once
// Secret: bytes that must not leave the process. No copy, no formatter, no comparison; wiped when
// moved from and when destroyed. The owner calls reveal() at the one place that needs the bytes.
#include <string>
#include <string_view>

namespace vault {

class Secret {
  public:
    Secret() = default;
    // Takes the bytes and wipes what a move leaves in `bytes`. A caller that moves a short string
    // in still holds its characters, so it builds the string in place.
    explicit Secret(std::string bytes);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    // The view is valid until the Secret is moved from or destroyed.
    std::string_view reveal() const { return bytes_; }
    bool empty() const { return bytes_.empty(); }

  private:
    void wipe() noexcept;
    std::string bytes_;
};

}  // namespace vault
