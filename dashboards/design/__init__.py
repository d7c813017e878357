"""The design system: tokens, stylesheet, icons, small pictures. One accent, one colour for what needs somebody, greys."""
