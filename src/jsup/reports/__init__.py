"""The periodic report, the weekly side for a leader, the briefing: figures gathered once, shown in several formats."""
