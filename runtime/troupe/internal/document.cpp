#include "troupe/internal/document.hpp"

namespace troupe::internal {

/// One rendering.
class document::layout {
public:
  layout(const document& doc, size_t width) : doc_(doc), width_(width) {}

  std::string run() {
    for (size_t i = 0; i < doc_.marks_.size(); ++i)
      step(i);
    return std::move(out_);
  }

private:
  void step(size_t i) {
    const auto& x = doc_.marks_[i];
    switch (x.type) {
      case kind::text: put(x); break;
      case kind::strict_break:
        if (broken())
          new_line();
        else
          put(x);
        break;
      case kind::flex_break:
        if (broken() && !fits(i + 1, column_ + x.size, true, groups_.size()))
          new_line();
        else
          put(x);
        break;
      case kind::open_group: groups_.push_back(!fits(i + 1, column_, false, 0)); break;
      case kind::close_group: groups_.pop_back(); break;
      case kind::open_nest: indents_.push_back(indent() + x.size); break;
      case kind::close_nest: indents_.pop_back(); break;
    }
  }

  /// Whether the marks from `i` on fit the line, which is at `column`: as far as the next break of
  /// a broken group, or to the end of the group that is open. `outer` is how many groups of
  /// `groups_` are open around `i`; 0 asks about one group laid flat. Without a break seen
  /// (`may_break`) no text is too long, as nothing would be won by breaking.
  bool fits(size_t i, size_t column, bool may_break, size_t outer) const {
    if (width_ == 0)
      return true;
    std::vector<bool> inner; // `may_break` before each group opened here
    auto one_group = outer == 0;
    for (; i < doc_.marks_.size(); ++i) {
      if (column > width_ && may_break)
        return false;
      const auto& x = doc_.marks_[i];
      switch (x.type) {
        case kind::text: column += x.size; break;
        case kind::strict_break:
        case kind::flex_break:
          if (inner.empty() && outer > 0 && groups_[outer - 1])
            return true;
          column += x.size;
          may_break = true;
          break;
        case kind::open_group: inner.push_back(may_break); break;
        case kind::close_group:
          if (!inner.empty()) {
            may_break = inner.back();
            inner.pop_back();
          } else if (one_group) {
            return column <= width_ || !may_break;
          } else {
            --outer;
          }
          break;
        case kind::open_nest:
        case kind::close_nest: break;
      }
    }
    return column <= width_ || !may_break;
  }

  bool broken() const { return !groups_.empty() && groups_.back(); }
  size_t indent() const { return indents_.empty() ? 0 : indents_.back(); }

  void put(const mark& x) {
    out_.append(doc_.text_, x.start, x.size);
    column_ += x.size;
  }

  void new_line() {
    out_ += '\n';
    out_.append(indent(), ' ');
    column_ = indent();
  }

  const document& doc_;
  const size_t width_;
  std::string out_;
  size_t column_ = 0;
  std::vector<bool> groups_; // whether each open group is broken, outermost first
  std::vector<size_t> indents_;
};

void document::text(std::string_view x) {
  append(kind::text, x);
}

void document::line_break(std::string_view x, break_mode mode) {
  append(mode == break_mode::strict ? kind::strict_break : kind::flex_break, x);
}

void document::open_group() {
  append(kind::open_group, {});
}

void document::close_group() {
  append(kind::close_group, {});
}

void document::open_nest(size_t columns) {
  marks_.push_back({kind::open_nest, columns, text_.size()});
}

void document::close_nest() {
  append(kind::close_nest, {});
}

std::string document::render(size_t width) const {
  return layout{*this, width}.run();
}

void document::append(kind type, std::string_view x) {
  marks_.push_back({type, x.size(), text_.size()});
  text_ += x;
}

} // namespace troupe::internal
