package programs

import (
	"maps"
	"slices"

	"repartee/sms"
)

// StaffOf names the groups of the code's programs that a phone belongs to.
func (s *Snapshot) StaffOf(code sms.ShortCode, phone sms.MSISDN) []string {
	return s.staff[sms.Thread{Phone: phone, Code: code}]
}

// gatherStaff notes who belongs to which groups of the programs of a code.
func (c *compiler) gatherStaff(code *Code) {
	names := append(slices.Collect(maps.Values(code.Programs)), code.Program.Name)
	for _, p := range c.snapshot.programs {
		if !slices.Contains(names, p.Name) {
			continue
		}
		for group, phones := range p.Staff {
			for _, phone := range phones {
				key := sms.Thread{Phone: phone, Code: code.Number}
				if !slices.Contains(c.snapshot.staff[key], group) {
					c.snapshot.staff[key] = append(c.snapshot.staff[key], group)
					slices.Sort(c.snapshot.staff[key])
				}
			}
		}
	}
}
